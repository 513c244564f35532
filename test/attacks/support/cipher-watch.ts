import { onTestFinished } from "vitest";
import { isWebCrypto } from "../../properties/arbitraries.js";

const OPERATIONS = ["derive", "expand", "encrypt", "decrypt", "mac", "passwordKey", "verify"] as const;
type Operation = (typeof OPERATIONS)[number];

const { cipher } = (await import(
  isWebCrypto ? "../../../dist/seal/cipher.web.js" : "../../../dist/seal/cipher.node.js"
)) as typeof import("../../../dist/seal/cipher.web.js");

/** Notes every operation of the cipher that this process uses, in order, until the test ends. */
export function watchCipher(): { readonly calls: Operation[]; clear(): void } {
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
  return { calls, clear: () => void calls.splice(0) };
}
