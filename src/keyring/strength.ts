/*
 * How many bits a plain secret holds, judged by its looks. What a generator made has to pass, 32 hexadecimal digits
 * (128 bits, not one to spare) included; what a person typed must not. So nothing is taken off for what chance brings
 * about, and twice its worth for what is foreseeable beyond that: whoever writes some words did not roll dice for the rest.
 */

/** The share of foreseeable characters that random text may have. */
const CHANCE = 0.33;
const HEX_BITS = 4;
const UUID_BITS = 122;
/** Shorter matches turn up in random text all the time. */
const PIECE = 4;

const HEX = /^[0-9a-f]+$|^[0-9A-F]+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^A-Za-z0-9]/, 2],
];

const ROWS = [
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "1q2w3e4r5t6y7u8i9o0p",
  "qwertzuiop",
];
const KEYBOARD = new Set(ROWS.flatMap((row) => [...piecesOf(row), ...piecesOf([...row].reverse().join(""))]));
/** The commonest pairs of letters in English: half of all pairs in words, a tenth of those in random letters. */
const COMMON_PAIRS = new Set(
  (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic " +
    "ne ea ra ce li ch ll be ma si om ur ss wo rd pa ey ec et"
  ).split(" "),
);
/** Letters as words are written: hello, Hello, HELLO. */
const LETTERS = /[A-Z]?[a-z]{3,}|[A-Z]{4,}/g;
const SEPARATE_WORD = /(?<![^-_. ])(?:[A-Z]?[a-z]{1,12}|[A-Z]{2,12})(?![^-_. ])/g;
/** What people write where a secret belongs, with digits for letters too. */
const USUAL =
  /passw[ao]?r?[dt]?|secret|session|cookie|random|string|change|example|sample|develop|produc|please|replace|generate|default|private|server|admin|token|nextauth|character|minimum|super|dead|beef|cafe|babe|feed|face/g;
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  0: "o",
  1: "i",
  3: "e",
  4: "a",
  5: "s",
  7: "t",
  "@": "a",
  $: "s",
};

/** The bits of a text; generous to random text, cautious about anything with a pattern. */
export function estimateBits(text: string): number {
  const excess = Math.max(0, foreseeableIn(text) - CHANCE * text.length);
  if (excess === 0 && UUID.test(text)) return UUID_BITS;
  const each = bitsEach(text);
  return Math.max(0, text.length - 2 * excess) * each;
}

/** Bits of one character, were it chosen at random among its like. */
function bitsEach(text: string): number {
  const alphabet = CLASSES.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 0);
  const bits = HEX.test(text) ? HEX_BITS : Math.log2(alphabet);
  const distinct = new Set(text).size;
  return distinct < 0.4 * Math.min(2 ** bits, text.length) ? Math.log2(distinct) : bits;
}

/** How many characters follow from others: runs (aaaa, 1234, qwer, a1b2), repeated pieces, words. */
function foreseeableIn(text: string): number {
  const marked = new Set<number>();
  const mark = (from: number, length: number): void => {
    for (let at = from; at < from + length; at++) marked.add(at);
  };
  const lower = text.toLowerCase();
  piecesOf(lower).forEach((piece, at) => {
    if (isSequence(piece) || KEYBOARD.has(piece) || lower.indexOf(piece) < at) mark(at, PIECE);
    const everyOther = [0, 2, 4, 6].map((offset) => at + offset);
    const zigzag = everyOther.map((index) => lower.charAt(index)).join("");
    if (zigzag.length === PIECE && isSequence(zigzag)) for (const index of everyOther) marked.add(index);
  });
  // Six of the sixteen hexadecimal digits are letters, and many pairs of them are common: chance writes such words.
  if (HEX.test(text) && text.replace(/\D/g, "").length > text.length / 5) return marked.size;
  for (const { 0: letters, index } of text.matchAll(LETTERS)) markWords(letters.toLowerCase(), index, mark);
  for (const { 0: word, index } of text.matchAll(SEPARATE_WORD)) mark(index, word.length);
  const plain = lower.replace(/[013457@$]/g, (character) => LOOK_ALIKES[character] ?? character);
  for (const { 0: word, index } of plain.matchAll(USUAL)) mark(index, word.length);
  return marked.size;
}

/** Marks what reads like English: six letters with three common pairs, or a short run with half of them common. */
function markWords(letters: string, start: number, mark: (from: number, length: number) => void): void {
  const common = Array.from({ length: letters.length - 1 }, (_, at) => COMMON_PAIRS.has(letters.slice(at, at + 2)));
  const countIn = (from: number, to: number): number => common.slice(from, to).filter(Boolean).length;
  if (letters.length < 6) {
    if (letters.length > 3 && countIn(0, common.length) * 2 >= common.length) mark(start, letters.length);
    return;
  }
  for (let at = 0; at + 5 <= common.length; at++) if (countIn(at, at + 5) >= 3) mark(start + at, 6);
}

/** Whether each character lies the same step, at most one, from the one before. */
function isSequence(piece: string): boolean {
  const codes = [...piece].map((character) => character.charCodeAt(0));
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)));
  const [step = 0] = steps;
  return steps.size === 1 && Math.abs(step) <= 1;
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, at) => text.slice(at, at + PIECE));
}
