import { expect, test } from "vitest";
import {
  ConfigurationError,
  createKeyring,
  createSealer,
  memoryStore,
  RevocationUnavailableError,
  SealError,
} from "sealed-session";
import { refusal } from "../properties/arbitraries.js";
import { fixedClock, SECRET } from "../support/sessions.js";
import { bareKeyId, deriveKeys, sign, writeToken } from "./reader.js";

const OTHER = [...SECRET].reverse().join("");
let lists = 0;

function setUp() {
  const clock = fixedClock();
  const sealer = createSealer({ keyring: SECRET, purpose: "reset-link", clock: clock.now });
  const store = memoryStore({ name: `sealer-${process.pid}-${++lists}`, clock: clock.now });
  return { clock, sealer, store };
}

test("a token opens up to the very millisecond of its ttl, and not after it", async () => {
  const { clock, sealer } = setUp();
  const token = await sealer.seal({ user: 42 }, { ttl: "15m" });
  clock.advance(15 * 60_000);
  expect(await sealer.open(token)).toEqual({ user: 42 });
  clock.advance(1);
  expect(await refusal(sealer.open(token))).toBe("expired");
});

test("a forged token learns nothing of expiry: it is tampered with, whatever it says", async () => {
  const { clock, sealer } = setUp();
  const token = await sealer.seal({}, { ttl: 1_000 });
  const longer = token.replace(String(clock.now() + 1_000), String(clock.now() + 9_000));
  clock.advance(2_000);
  expect(await refusal(sealer.open(token))).toBe("expired");
  expect(await refusal(sealer.open(longer))).toBe("tampered");
});

test("every refusal has one message and one code, and shows neither token nor data", async () => {
  const { clock, sealer, store } = setUp();
  const once = sealer.once(store);
  const used = await once.seal("private", { ttl: "2h" });
  await once.open(used);
  const old = await sealer.seal("private", { ttl: 1 });
  clock.advance(2);
  const good = await sealer.seal("private", { ttl: "1h" });
  const keys = deriveKeys(SECRET, "reset-link");
  const bytes = (plaintext: Uint8Array): string => writeToken(plaintext, bareKeyId(SECRET), keys, clock.now() + 1_000);
  // Its ciphertext was cut within the blocks, so that its padding is wrong.
  const cut = sign(bytes(Buffer.alloc(32)).replace(/(\*[\w-]{22})[\w-]*(\*\d+)\*\*[\w-]*$/, "$1$2"), keys);
  const notJson = writeToken("private", bareKeyId(SECRET), keys, clock.now() + 1_000);
  const poison = writeToken('{"__proto__":{"a":1}}', bareKeyId(SECRET), keys, clock.now() + 1_000);
  const foreign = await createSealer({ keyring: OTHER, purpose: "reset-link", clock: clock.now }).seal(1, {
    ttl: "1h",
  });
  const cases = {
    malformed: ["", "x", notJson, poison, bytes(Buffer.from([0xff])), cut],
    expired: [old],
    used: [used],
    tampered: [`${good.slice(0, -43)}${"A".repeat(43)}`],
    unknown_key: [foreign],
  };
  for (const [reason, tokens] of Object.entries(cases)) {
    for (const token of tokens) {
      const error: unknown = await once.open(token).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: "SealError",
        code: "ERR_SEAL",
        reason,
        message: "The token could not be opened",
      });
      expect(error).toBeInstanceOf(SealError);
      expect({ ...(error as object) }).toEqual({ code: "ERR_SEAL", name: "SealError", reason });
    }
  }
});

test("a token for one opening opens once, for every sealer with that store", async () => {
  const { sealer, store, clock } = setUp();
  const token = await sealer.seal("magic", { ttl: "1h" });
  expect(await sealer.once(store).open(token)).toBe("magic");
  expect(await refusal(sealer.once(store).open(token))).toBe("used");
  const elsewhere = createSealer({ keyring: SECRET, purpose: "reset-link", clock: clock.now }).once(store);
  expect(await refusal(elsewhere.open(token))).toBe("used");
  expect(await sealer.open(token), "without once() it still opens").toBe("magic");
});

test("of many openings at the same time exactly one succeeds", async () => {
  const { sealer, store } = setUp();
  const once = sealer.once(store);
  const token = await once.seal("magic", { ttl: "1h" });
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => once.open(token)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [(outcome.reason as SealError).reason] : [],
  );
  expect(new Set(reasons)).toEqual(new Set(["used"]));
});

test("an opening that is refused, or that the store cannot record, uses nothing up", async () => {
  const { sealer, store, clock } = setUp();
  const token = await sealer.seal("magic", { ttl: "1h" });
  const broken = sealer.once({ useOnce: () => Promise.reject(new Error("down")) });
  await expect(broken.open(token)).rejects.toThrow(RevocationUnavailableError);
  const other = createSealer({ keyring: SECRET, purpose: "other", clock: clock.now }).once(store);
  expect(await refusal(other.open(token))).toBe("tampered");
  expect(await sealer.once(store).open(token)).toBe("magic");
});

test("a used token is remembered until it has expired", async () => {
  const { sealer, store, clock } = setUp();
  const once = sealer.once(store);
  const token = await once.seal("magic", { ttl: "1h" });
  await once.open(token);
  clock.advance(3_600_000);
  for (let index = 0; index < 1_500; index++) await store.useOnce(`filler-${index}`, clock.now());
  expect(await refusal(once.open(token))).toBe("used");
});

test("a ttl above the ring's policy is refused, one equal to it is not", async () => {
  const keyring = createKeyring({
    keys: [{ id: "k1", secret: SECRET, activateAt: 0 }],
    policy: { absoluteTimeout: "2d" },
  });
  const sealer = createSealer({ keyring, purpose: "invite" });
  await expect(sealer.seal(1, { ttl: 2 * 86_400_000 + 1 })).rejects.toThrow(ConfigurationError);
  await expect(sealer.seal(1, { ttl: "3d" })).rejects.toThrow(
    "ttl: 3d is longer than the key ring's absoluteTimeout of 2d",
  );
  expect(await sealer.open(await sealer.seal(1, { ttl: "2d" }))).toBe(1);
});

test("a ttl that is no duration is refused, one of more than a hundred years too", async () => {
  const { sealer } = setUp();
  for (const ttl of [0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER, "36501d", "1y", "", undefined] as never[]) {
    await expect(sealer.seal(1, { ttl })).rejects.toThrow(/^ttl: .* is not a duration/);
  }
  expect(await sealer.open(await sealer.seal(1, { ttl: "36500d" }))).toBe(1);
});

test("purposes that are taken or not valid are refused at once", () => {
  for (const purpose of ["session", "seen", "flash", "", "a b", "a/b", "é", "x".repeat(65), undefined, 1] as string[]) {
    expect(() => createSealer({ keyring: SECRET, purpose })).toThrow(ConfigurationError);
  }
  const make = (purpose: unknown) => () => createSealer({ keyring: SECRET, purpose: purpose as string });
  const use = 'is not valid; use 1 to 64 letters, digits, "-" or "_", other than session, seen, flash';
  expect(make("seen")).toThrow(`purpose: "seen" ${use}`);
  expect(make(undefined)).toThrow(`purpose: undefined ${use}`);
  expect(make("x".repeat(64))).not.toThrow();
});

test("what would not open again is not sealed: data too large for a token", async () => {
  const { sealer } = setUp();
  expect(await sealer.open(await sealer.seal("x".repeat(12_000), { ttl: "1h" }))).toHaveLength(12_000);
  await expect(sealer.seal("x".repeat(20_000), { ttl: "1h" })).rejects.toThrow(
    /characters, and those above 16384 do not open/,
  );
});

test("a token of the greatest length that opens is sealed, and none of a character more", async () => {
  const data = "x".repeat(12_200);
  const of = (id: string) =>
    createSealer({ keyring: createKeyring({ keys: [{ id, secret: SECRET, activateAt: 0 }] }), purpose: "large" });
  const token = await of("k".repeat(15)).seal(data, { ttl: "1h" });
  expect(token).toHaveLength(16_384);
  expect(await of("k".repeat(15)).open(token)).toBe(data);
  await expect(of("k".repeat(16)).seal(data, { ttl: "1h" })).rejects.toThrow(
    "data: its token would have 16385 characters, and those above 16384 do not open; seal less",
  );
});

test("each token is used up by itself, under its MAC, until it expires", async () => {
  const { sealer, store, clock } = setUp();
  const once = sealer.once(store);
  const [one, two] = [await once.seal(1, { ttl: "1h" }), await once.seal(2, { ttl: "1h" })];
  expect([await once.open(one), await once.open(two)]).toEqual([1, 2]);
  const asked: unknown[] = [];
  const noting = sealer.once({ useOnce: (...args) => asked.push(args) > 0 });
  expect(await noting.open(one)).toBe(1);
  expect(asked).toEqual([[`token:${one.slice(-43)}`, clock.now() + 3_600_000]]);
});

test("a store that cannot remember is refused at once, and one that does not answer named", async () => {
  const { sealer } = setUp();
  for (const store of [undefined, null, {}, { useOnce: true }] as never[]) {
    expect(() => sealer.once(store)).toThrow(ConfigurationError);
    expect(() => sealer.once(store)).toThrow("once: needs a store with useOnce(); memoryStore() makes one");
  }
  const broken = sealer.once({ useOnce: () => Promise.reject(new Error("down")) });
  await expect(broken.open(await sealer.seal(1, { ttl: "1h" }))).rejects.toThrow(
    "The store of used tokens did not answer; the token was not opened. Open it again when it does",
  );
});

test("a weak secret is refused at once, a missing one at the first use, and a key ring that comes later is waited for", async () => {
  expect(() => createSealer({ keyring: "short", purpose: "a" })).toThrow(/too short/);
  const missing = createSealer({ keyring: undefined, purpose: "a" });
  await expect(missing.seal(1, { ttl: "1h" })).rejects.toThrow(/No key ring/);
  let secret: string | undefined;
  const later = createSealer({ keyring: async () => secret, purpose: "a" });
  await expect(later.open("x")).rejects.toThrow(/No key ring/);
  secret = SECRET;
  expect(await later.open(await later.seal(1, { ttl: "1h" }))).toBe(1);
});

test("a codec carries what JSON cannot, and a text it cannot read is malformed", async () => {
  const codec = {
    stringify: (value: unknown) => `dates:${(value as Date[]).map((date) => date.getTime()).join(",")}`,
    parse: (text: string) => {
      if (!text.startsWith("dates:")) throw new Error("not mine");
      return text
        .slice(6)
        .split(",")
        .map((ms) => new Date(Number(ms)));
    },
  };
  const { clock, sealer } = setUp();
  const dates = createSealer({ keyring: SECRET, purpose: "reset-link", codec, clock: clock.now });
  const value = [new Date(0), new Date(1e12)];
  expect(await dates.open(await dates.seal(value, { ttl: "1h" }))).toEqual(value);
  expect(await refusal(dates.open(await sealer.seal("plain JSON", { ttl: "1h" })))).toBe("malformed");
});
