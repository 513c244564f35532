import fc from "fast-check";
import { expect, test } from "vitest";
import { createSealer } from "sealed-session";
import { fixedClock, SECRET } from "../support/sessions.js";
import { change, isWebCrypto, json, looseSpellings, refusal, runs, secret } from "./arbitraries.js";

/* I1: only what was sealed opens, and only under its key and purpose. */

const clock = fixedClock();
const sealer = createSealer({ keyring: SECRET, purpose: "test", clock: clock.now });
const ttl = "1h";

test("the run uses the cipher that its project is for", async () => {
  const { cipher } = await import(isWebCrypto ? "../../dist/seal/cipher.web.js" : "../../dist/seal/cipher.node.js");
  expect(cipher.name).toBe(process.env["EXPECTED_CIPHER"]);
});

test("any JSON value comes back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      expect(await sealer.open(await sealer.seal(value, { ttl }))).toStrictEqual(value);
    }),
    runs(500),
  );
});

test("fast-check's own JSON values, too", async () => {
  const values = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      expect(await sealer.open(await sealer.seal(value, { ttl }))).toStrictEqual(value);
    }),
    runs(300),
  );
});

test("data as deep as is allowed comes back; one level more is refused when it is sealed", async () => {
  const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], "core");
  expect(await sealer.open(await sealer.seal(nested(500), { ttl }))).toStrictEqual(nested(500));
  await expect(sealer.seal(nested(501), { ttl })).rejects.toThrow("nested deeper than 500 levels");
});

test("one seal never equals another, not even of the same data", async () => {
  const tokens = await Promise.all(Array.from({ length: 50 }, () => sealer.seal({ a: 1 }, { ttl })));
  expect(new Set(tokens).size).toBe(50);
});

test("any single change, truncation or extension is refused", async () => {
  await fc.assert(
    fc.asyncProperty(json, change, async (value, alter) => {
      const token = await sealer.seal(value, { ttl });
      const altered = alter(token);
      fc.pre(altered !== token);
      expect(["malformed", "unknown_key", "tampered"]).toContain(await refusal(sealer.open(altered)));
    }),
    runs(1_500),
  );
});

test("every single bit of a token counts", async () => {
  const token = await sealer.seal({ user: 42 }, { ttl });
  for (let at = 0; at < token.length; at++) {
    for (let bit = 0; bit < (isWebCrypto ? 2 : 7); bit++) {
      const altered = token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << bit)) + token.slice(at + 1);
      expect(["malformed", "unknown_key", "tampered"]).toContain(await refusal(sealer.open(altered)));
    }
  }
});

test("fields swapped between two tokens, moved, doubled or left out are refused", async () => {
  const field = fc.nat(7);
  await fc.assert(
    fc.asyncProperty(json, json, field, field, fc.integer({ min: 0, max: 3 }), async (a, b, from, to, how) => {
      const [first, second] = [await sealer.seal(a, { ttl: "1h" }), await sealer.seal(b, { ttl: "2h" })].map((token) =>
        token.split("*"),
      );
      if (!first || !second) throw new Error("not two tokens");
      const altered = [...first];
      if (how === 0) altered[to] = second[to] ?? "";
      else if (how === 1) [altered[from], altered[to]] = [first[to] ?? "", first[from] ?? ""];
      else if (how === 2) altered.splice(to, 0, first[from] ?? "");
      else altered.splice(to, 1);
      fc.pre(altered.join("*") !== first.join("*"));
      expect(["malformed", "unknown_key", "tampered"]).toContain(await refusal(sealer.open(altered.join("*"))));
    }),
    runs(600),
  );
});

test("a base64url field has one spelling only", async () => {
  const token = await sealer.seal({ text: "a-_-b" }, { ttl });
  const fields = token.split("*");
  for (const at of [3, 4, 7]) {
    for (const spelling of looseSpellings(fields[at] ?? "")) {
      const altered = fields.with(at, spelling).join("*");
      expect([spelling, await refusal(sealer.open(altered))]).toEqual([spelling, "malformed"]);
    }
  }
});

test("a token of another purpose or another key is refused", async () => {
  const purpose = fc
    .stringMatching(/^[A-Za-z0-9_-]{1,20}$/)
    .filter((text) => !["session", "seen", "flash", "test"].includes(text));
  await fc.assert(
    fc.asyncProperty(json, purpose, secret, async (value, other, otherSecret) => {
      const token = await createSealer({ keyring: SECRET, purpose: other, clock: clock.now }).seal(value, { ttl });
      expect(await refusal(sealer.open(token))).toBe("tampered");
      const foreign = await createSealer({ keyring: otherSecret, purpose: "test", clock: clock.now }).seal(value, {
        ttl,
      });
      expect(await refusal(sealer.open(foreign))).toBe("unknown_key");
      const renamed = [...foreign.split("*")].with(1, token.split("*")[1] ?? "").join("*");
      expect(await refusal(sealer.open(renamed))).toBe("tampered");
    }),
    runs(100),
  );
});

test("text that is no token, and what is no text, is refused as malformed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.anything()), async (anything) => {
      expect(await refusal(sealer.open(anything as string))).toBe("malformed");
    }),
    runs(500),
  );
});
