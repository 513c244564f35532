import { createSealer } from "sealed-session";
import { fixedClock } from "sealed-session/testing";
import { equal, refusal } from "./expect.mjs";

/** What UTF-8, UTF-16 and JSON could do to a text, at all lengths that matter to blocks of 16 bytes. */
export const UNICODE = [
  "é ß 漢字 עברית",
  "😀 👩‍👩‍👧 \u{10ffff}",
  "\u0000\u001f\u007f\u2028\u2029\ufeff",
  "\ud83d", // Half a pair: JSON escapes it, UTF-8 could not carry it.
  ...Array.from({ length: 33 }, (_, length) => "x".repeat(length)),
];

/** The eight parts of a token. */
const PARTS = ["prefix", "key id", "salt", "iv", "ciphertext", "expiry", "MAC's salt", "MAC"];

/** A token with one part replaced by `change(part)`. */
export function withPart(token, index, change) {
  return token
    .split("*")
    .map((part, at) => (at === index ? change(part) : part))
    .join("*");
}

/** Another character of the same alphabet in the middle of a part; something where there is nothing. */
export const flip = (part) => {
  const at = Math.floor(part.length / 2);
  return part.slice(0, at) + (part[at] === "1" ? "2" : "1") + part.slice(at + 1);
};

const REFUSALS = ["malformed", "unknown_key", "malformed", "tampered", "tampered", "tampered", "malformed", "tampered"];

export function sealerChecks({ now, secret }) {
  const sealer = (purpose = "invite", keyring = secret) => createSealer({ keyring, purpose, clock: () => now });
  return {
    async "a sealed value opens, and two seals of it differ"() {
      const data = { user: 42, roles: ["a", "b"], nested: { deep: [null, true, -0.5] } };
      const [one, two] = [await sealer().seal(data, { ttl: "15m" }), await sealer().seal(data, { ttl: "15m" })];
      equal(/^Fe26\.2\*\w+\*\*[\w-]{22}\*[\w-]+\*\d{13}\*\*[\w-]{43}$/.test(one), true, `the form of ${one}`);
      equal(one === two, false, "whether two seals are the same");
      for (const token of [one, two]) equal(await sealer().open(token), data);
    },
    async "any text comes back as it was, at every length"() {
      for (const text of UNICODE) equal(await sealer().open(await sealer().seal(text, { ttl: "15m" })), text);
    },
    async "10 kB of data come back as they were"() {
      const text = "é".repeat(5_000);
      equal(await sealer().open(await sealer().seal({ text }, { ttl: "15m" })), { text });
    },
    async "a token opens for no other purpose"() {
      const token = await sealer().seal(1, { ttl: "15m" });
      equal(await refusal(() => sealer("reset-link").open(token)), "tampered");
    },
    async "a token opens under no other secret"() {
      const token = await sealer().seal(1, { ttl: "15m" });
      const other = sealer("invite", [...secret].reverse().join(""));
      equal(await refusal(() => other.open(token)), "unknown_key");
    },
    ...Object.fromEntries(
      PARTS.map((part, index) => [
        `a token with another ${part} is refused`,
        async () => {
          const token = await sealer().seal({ user: 42 }, { ttl: "15m" });
          equal(await refusal(() => sealer().open(withPart(token, index, flip))), REFUSALS[index], "the reason");
        },
      ]),
    ),
    async "a token with a part more, a part less or other padding is refused"() {
      const token = await sealer().seal({ user: 42 }, { ttl: "15m" });
      // The last character of a MAC carries two bits that decoders ignore: only one spelling may open.
      const sloppy = token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 1);
      for (const text of [
        `${token}*`,
        token.slice(0, token.lastIndexOf("*")),
        `${token}=`,
        sloppy,
        "",
        "x".repeat(2e4),
      ])
        equal(await refusal(() => sealer().open(text)), "malformed", "the reason");
    },
    async "a token expires by the clock that it was given"() {
      const { now: moving, advance } = fixedClock(now);
      const timed = createSealer({ keyring: secret, purpose: "invite", clock: moving });
      const token = await timed.seal(1, { ttl: "15m" });
      advance(15 * 60_000);
      equal(await timed.open(token), 1);
      advance(1);
      equal(await refusal(() => timed.open(token)), "expired");
    },
    async "what JSON would change silently is refused"() {
      for (const data of [new Date(now), new Map(), [undefined], Number.NaN, 1n])
        equal(await refusal(() => sealer().seal(data, { ttl: "15m" })), "ERR_DATA_NOT_JSON");
    },
  };
}
