/**
 * A name as it is stored: JSON's escapes keep out line feeds and NULs, which separate, and the lone surrogates that
 * UTF-8 would make alike. Most names are as they were.
 */
export function encode(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

export function decode(text: string): string {
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}

/** What a reply holds, as text: a client may have been told to give Buffers, or numbers as text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

export const orNothing = (value: number | undefined): string => (value === undefined ? "" : String(value));
