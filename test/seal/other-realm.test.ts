import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { createKeyring } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { andThen } from "../../dist/maybe-promise.js";
import { createBox } from "../../dist/seal/box.js";
import { viewRing } from "../../dist/seal/ring-view.js";
import { SECRET } from "../support/sessions.js";

/*
 * I1: in an edge runtime WebCrypto's promises are of another realm, no `instanceof Promise` and as truthy as any object.
 * A MAC does not hold for that.
 */

const OtherPromise = runInNewContext("Promise") as PromiseConstructor;
const NOW = Date.now();

test("a promise of another realm, and any other thenable, is waited for", async () => {
  const foreign = OtherPromise.resolve(false);
  expect(foreign).not.toBeInstanceOf(Promise);
  expect(await andThen(foreign, (value) => [value])).toEqual([false]);
  const thenable = { then: (use: (value: number) => unknown) => use(5) } as unknown as Promise<number>;
  expect(await andThen(thenable, (value) => value + 1)).toBe(6);
});

// node:crypto makes no promises, so this is about the cipher of WebCrypto; it holds for both.
test("regression: a MAC does not hold because a promise of another realm says that it does not", async () => {
  const { subtle } = crypto;
  const originals = { verify: subtle.verify, encrypt: subtle.encrypt, decrypt: subtle.decrypt, sign: subtle.sign };
  for (const [name, original] of Object.entries(originals)) {
    const foreign = (...args: unknown[]): Promise<unknown> =>
      OtherPromise.resolve(Reflect.apply(original, subtle, args) as Promise<unknown>);
    vi.spyOn(subtle, name as "verify").mockImplementation(foreign as typeof subtle.verify);
  }
  try {
    const ring = await viewRing(createKeyring({ keys: [{ id: "k1", secret: SECRET, createdAt: 0, activateAt: 0 }] }));
    const box = createBox(() => ring, "session", "app", true);
    const token = await box.seal('{"a":1}', NOW + 60_000, ring.sealing(NOW));
    const forged = `${token.slice(0, -43)}${"A".repeat(43)}`;
    expect(await box.open(forged, NOW)).toBe("tampered");
    expect(await box.open(token, NOW)).toMatchObject({ plaintext: '{"a":1}' });
    expect(await box.verify("k1", "text", "A".repeat(43), NOW)).toBe("tampered");
    const seal = await sealData({ a: 1 }, { password: SECRET });
    expect(await unsealData(seal.replace(/.{43}~2$/, `${"A".repeat(43)}~2`), { password: SECRET })).toEqual({});
    expect(await unsealData(seal, { password: SECRET })).toEqual({ a: 1 });
  } finally {
    vi.restoreAllMocks();
  }
});

test("nothing but true is a MAC that holds", async () => {
  const { holds } = await import("../../dist/seal/cipher.js");
  expect([true, false, 1, "true", {}, OtherPromise.resolve(false), undefined].map(holds)).toEqual([
    true,
    ...Array.from({ length: 6 }, () => false),
  ]);
});
