const MAX_LINE = 600;
const MAX_WORD = 48;

/**
 * Text that may come from elsewhere (a server, a log, a file's name), safe for a terminal: no control characters, which
 * could move the cursor or colour what follows, and none that turn the direction of writing.
 */
export function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\uFFFD");
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}

/** A short word of a server's in a sentence of ours: printable ASCII, cut. */
export function shown(word: string): string {
  const plain = word.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > MAX_WORD ? `${plain.slice(0, MAX_WORD)}…` : plain;
}
