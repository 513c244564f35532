/**
 * Text as the database holds it: ASCII. PostgreSQL's text has no U+0000, its JSON no half of a surrogate pair, and a
 * database may be in an encoding that lacks letters; a subject may have all of these. One UTF-16 unit becomes `\uXXXX`,
 * as in JavaScript; a backslash too, so that no two texts become one.
 */
export function toDatabase(text: string): string {
  return text.replaceAll(/[^ -[\]-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The text that `toDatabase` was given. */
export function fromDatabase(text: string): string {
  return text.replaceAll(/\\u([0-9a-f]{4})/g, (_escape, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

/** A time or a number of things, as a `bigint` of the database's. */
export function whole(value: number): string {
  return String(Math.ceil(Math.max(Math.min(value, Number.MAX_SAFE_INTEGER), -Number.MAX_SAFE_INTEGER)));
}
