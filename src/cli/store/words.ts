/** A whole number for people: 1,234,567. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** `one entry`, `2 entries`. */
export function counted(number: number, one: string, many: string): string {
  return number === 1 ? `one ${one}` : `${count(number)} ${many}`;
}

/** The last instant that a date can be written for; nobody keeps a session for so long. */
const LAST = Date.UTC(9999, 11, 31);

/** An instant from a store, as one that can be written. */
export function instant(ms: number): number {
  return Number.isFinite(ms) ? Math.min(Math.max(Math.trunc(ms), 0), LAST) : LAST;
}

/** The same as ISO 8601. */
export function iso(ms: number): string {
  return new Date(instant(ms)).toISOString();
}
