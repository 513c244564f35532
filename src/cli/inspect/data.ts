import { stringifyStrict } from "../../seal/json.js";
import type { Finding } from "./finding.js";

/**
 * What is told of data.
 *
 * @param value the data
 * @param plaintext what stands in for data that is nested deeper than anything that this package seals, and would
 *   overflow the stack of whoever prints it
 */
export function dataOf(value: unknown, plaintext: string, reveal: boolean): Pick<Finding, "dataBytes" | "data"> {
  const { text, shown } = readable(value, plaintext);
  return { dataBytes: Buffer.byteLength(text), ...(reveal && { data: shown }) };
}

function readable(value: unknown, plaintext: string): { readonly text: string; readonly shown: unknown } {
  try {
    return { text: stringifyStrict(value, "data"), shown: value };
  } catch {
    return { text: plaintext, shown: plaintext };
  }
}
