import { parseRingFile, type RingFile } from "./document.js";
import type { Allowance } from "./allowance.js";
import { type FileText, readSecretFile } from "./safe-read.js";

/**
 * Reads and checks a ring file.
 *
 * @throws KeyringProblem when it is not there, not safe, or not a ring
 */
export function readRing(path: string, allow: readonly Allowance[]): RingFile & Omit<FileText, "text"> {
  const { text, ...file } = readSecretFile(path, allow);
  return { ...file, ...parseRingFile(text, path) };
}
