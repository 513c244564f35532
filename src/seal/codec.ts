import { parseStrict, stringifyStrict } from "./json.js";

/** Turns values into text and back, for values that JSON cannot carry (devalue, superjson). */
export interface Codec {
  /** The value as text, of which `parse` makes the value again. */
  stringify(value: unknown): string;
  /** The value that `stringify` wrote. @throws anything, for text that it did not write */
  parse(text: string): unknown;
}

/** @throws DataNotJsonError without a codec, for what JSON would change silently */
export function writeText(value: unknown, codec: Codec | undefined, root: string): string {
  return codec ? codec.stringify(value) : stringifyStrict(value, root);
}

/** @returns `undefined` for text that does not parse */
export function readText(text: string, codec: Codec | undefined): { readonly value: unknown } | undefined {
  if (!codec) return parseStrict(text);
  try {
    return { value: codec.parse(text) };
  } catch {
    return undefined;
  }
}
