import { describe, expect, test, vi } from "vitest";
import { createKeyring, createSealer, createSessionManager, KeyringError, parseKeyring } from "sealed-session";
import { getIronSession } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { bareKeyId, deriveKeys, writeToken } from "../seal/reader.js";
import { plainJar } from "../support/play.js";
import { SECRET, testManager } from "../support/sessions.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C11. With a leaked or copied key, a format that turns text into objects of any class turns into remote code: Laravel's
 * unserialize (CVE-2018-15133), Rails' development secret (CVE-2019-5420), thousands of public ASP.NET machine keys.
 * So: plain JSON and nothing that revives it, and no secret that others know.
 */

/** Secrets that stand in public documentation, or look like it. */
const KNOWN = [
  "complex_password_at_least_32_characters_long",
  "some_not_random_password_that_is_at_least_32_characters",
  "80d42cfb-1cd2-462c-8f17-e3237d9027e9",
  "complex_password_at_least_32_characters_long\n",
  "keyboard cat keyboard cat keyboard cat",
  "please-change-me-please-change-me-please",
  // Random enough, but for where it comes from.
  `change_me_${SECRET}`,
];
const SHORT = ["", "x", "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoF", "A".repeat(31)];
const GUESSABLE = [
  ...["a".repeat(64), "0123456789abcdef0123456789abcdef", "passwordpasswordpasswordpassword"],
  ...["development-only-not-so-secret-password", "ThisIsASecretKeyThatShouldBeStronger!", "\0".repeat(32)],
];

test.each([...KNOWN, ...SHORT, ...GUESSABLE])(
  "the secret %j is refused at start-up, wherever it is given",
  (secret) => {
    const places: readonly (() => unknown)[] = [
      () => createKeyring(secret),
      () => createKeyring([SECRET, secret]),
      () => createKeyring({ keys: [{ id: "k1", secret, activateAt: 0 }] }),
      () => parseKeyring(`sealed_ring_1,key:id=k1:activate=0:secret=${secret}`),
      ...(secret === ""
        ? []
        : [
            () => createSessionManager({ name: "app", keyring: secret }),
            () => createSessionManager({ name: "app", keyring: [SECRET, secret] }),
            () => createSealer({ purpose: "a", keyring: secret }),
          ]),
    ];
    for (const place of places) expect(place).toThrow(KeyringError);
  },
);

test.each(KNOWN)("%j is refused for what it is, not for its looks", (secret) => {
  expect(() => createKeyring(secret)).toThrow(/sample secret/);
});

test.each([...KNOWN, ...GUESSABLE])(
  "nor does the drop-in for iron-session seal revocable sessions with %j",
  async (secret) => {
    const options = { cookieName: "app", password: SECRET, keyring: secret, since: new Date() };
    await expect(getIronSession(plainJar(""), options)).rejects.toThrow(KeyringError);
  },
);

test.each(["production", "development", "test"])(
  "without a secret nothing is sealed, in NODE_ENV=%s either",
  async (mode) => {
    vi.stubEnv("NODE_ENV", mode);
    try {
      const sessions = createSessionManager({ name: `none-${process.pid}`, keyring: undefined });
      await expect(sessions.open(plainJar(""))).rejects.toThrow(KeyringError);
      const sealer = createSealer({ purpose: "a", keyring: undefined });
      await expect(sealer.seal(1, { ttl: "1h" })).rejects.toThrow(KeyringError);
    } finally {
      vi.unstubAllEnvs();
    }
  },
);

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("a session sealed with a secret that everybody knows is of an unknown key", async () => {
    const { send, cookie, name, clock, token } = await attack(start);
    const payload = JSON.stringify({
      ...{ sid: "A".repeat(22), sub: "admin", iat: clock.now(), max: 3_600, gen: "0.0" },
      dat: {},
    });
    for (const secret of [...KNOWN, ...SHORT, ...GUESSABLE]) {
      const keys = deriveKeys(secret, "session", name);
      const [own, ours] = [bareKeyId(secret), token.split("*")[1] ?? ""];
      for (const [kid, reason] of [
        [own, "unknown_key"],
        [ours, "tampered"],
      ] as const) {
        const forged = writeToken(payload, kid, keys, clock.now() + 60_000);
        const { json } = await send([`${cookie}=${forged}`]);
        expect(json).toMatchObject({ ...NOBODY, rejection: reason });
      }
    }
  });
});

/** What makes other serializers build objects, call functions, or fetch things. */
const GADGETS: readonly string[] = [
  '{"run":"_$$ND_FUNC$$_function(){globalThis.pwned=1}()"}',
  '{"$type":"System.Windows.Data.ObjectDataProvider, PresentationFramework"}',
  '{"@type":"java.net.URL","val":"http://localhost:1"}',
  '{"__class__":"os.system","args":["true"]}',
  '{"_bsontype":"Code","code":"globalThis.pwned=1"}',
  '{"type":"Buffer","data":[1,2,3]}',
  '{"$date":"2026-01-01T00:00:00Z"}',
  '{"json":{"a":"1"},"meta":{"values":{"a":["Date"]}}}',
  '{"a":"2026-01-01T00:00:00.000Z","b":"/x/g","c":"1n"}',
  '{"toJSON":"x","then":"y","valueOf":"z"}',
];

test.each(GADGETS)("%s comes back as plain data", async (json) => {
  const parse = vi.spyOn(JSON, "parse");
  const { sessions, name, clock } = testManager();
  const head = JSON.stringify({ sid: "A".repeat(22), iat: clock.now(), max: 3_600, gen: "0" }).slice(0, -1);
  const [kid, keys] = [bareKeyId(SECRET), deriveKeys(SECRET, "session", name)];
  const token = writeToken(`${head},"dat":${json}}`, kid, keys, clock.now() + 1_000);
  const session = await sessions.open(plainJar(`__Host-${name}.guest=${token}`));
  const data: unknown = session.data;
  const calls = parse.mock.calls;
  parse.mockRestore();
  expect(session.isNew).toBe(false);
  expect(data).toStrictEqual(JSON.parse(json));
  // Nobody hands JSON.parse a function that could make something else of it.
  expect(calls.filter(([text]) => text.includes(json))).not.toEqual([]);
  expect(calls.every(([, reviver]) => reviver === undefined)).toBe(true);
  expect(globalThis).not.toHaveProperty("pwned");
});
