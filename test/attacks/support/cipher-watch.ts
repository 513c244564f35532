import { onTestFinished } from "vitest";
import { isWebCrypto } from "../../properties/arbitraries.js";

const OPERATIONS = ["derive", "expand", "encrypt", "decrypt", "mac", "passwordKey", "verify"] as const;
type Operation = (typeof OPERATIONS)[number];

const { cipher } = (await import(
  isWebCrypto ? "../../../dist/seal/cipher.web.js" : "../../../dist/seal/cipher.node.js"
)) as typeof import("../../../dist/seal/cipher.web.js");

export interface CipherWatch {
  /** The operations so far, in order. */
  readonly calls: readonly Operation[];
  /** How often each one ran. */
  counts(): Partial<Record<Operation, number>>;
  clear(): void;
}

/** Notes every operation of the cipher that this process uses, until the test ends. */
export function watchCipher(): CipherWatch {
  const calls: Operation[] = [];
  const genuine = { ...cipher };
  for (const name of OPERATIONS) {
    const run = genuine[name] as (...inputs: unknown[]) => unknown;
    Object.assign(cipher, {
      [name]: (...inputs: unknown[]) => {
        calls.push(name);
        return run.apply(cipher, inputs);
      },
    });
  }
  onTestFinished(() => void Object.assign(cipher, genuine));
  const counts = (): Partial<Record<Operation, number>> => {
    const counted: Partial<Record<Operation, number>> = {};
    for (const name of calls) counted[name] = (counted[name] ?? 0) + 1;
    return counted;
  };
  return { calls, counts, clear: () => void calls.splice(0) };
}
