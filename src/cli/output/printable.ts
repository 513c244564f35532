const MAX_WORD = 48;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside, safe to print: what could steer a terminal or hide in it (control characters, escape sequences,
 * characters that turn the reading direction or have no width) is spelled out, and what is too long is cut.
 */
export function printable(text: string, limit = 256): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON in which nothing can steer a terminal either; it means the same. Line breaks between its parts stay. */
export function printableJson(value: unknown, indent: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return json.replace(UNPRINTABLE, (character) => (character === "\n" ? character : jsonEscape(character)));
}

function jsonEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** A short word of somebody else's in a sentence of ours: printable ASCII, cut. */
export function shown(word: string): string {
  const plain = word.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > MAX_WORD ? `${plain.slice(0, MAX_WORD)}…` : plain;
}
