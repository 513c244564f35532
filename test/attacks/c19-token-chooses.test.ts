import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager, parseKeyring } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { refusal } from "../properties/arbitraries.js";
import { bareKeyId, deriveKeys, sign, writeToken } from "../seal/reader.js";
import { plainJar } from "../support/play.js";
import { SECRET } from "../support/sessions.js";
import { fieldOf, withField } from "./support/tampering.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C19. A token that says how it is to be verified is verified as its sender likes: `alg: none`, a public key taken for
 * a secret (RFC 8725), a secret that was looked up by what the payload says (node-jws, GHSA-869p-cjfg-cm3x). Here there
 * is one algorithm, and a token can only name one of the keys that the server has.
 */
const OTHER = "q8ZbT2vXw0Ls5Rk7Yd1Hn4Gf9Jc3Mp6EuQaKiWoB";

const coded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens of other formats, and of other versions of this one. */
function foreign(token: string): string[] {
  const payload = { sub: "admin", exp: 9_999_999_999, sid: "A".repeat(22) };
  const jwt = (header: object, secret?: string): string => {
    const signed = `${coded(header)}.${coded(payload)}`;
    return `${signed}.${secret === undefined ? "" : createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const prefixes = [
    "Fe26.1",
    "Fe26.3",
    "Fe26.0",
    "Fe26.",
    "Fe26",
    "Fe26.20",
    "fe26.2",
    "FE26.2",
    "Fe27.2",
    "Fe26.2.",
    "",
    "v2",
    "v4.local",
  ];
  return [
    ...prefixes.map((prefix) => withField(token, "prefix", prefix)),
    jwt({ alg: "none" }),
    jwt({ alg: "None", typ: "JWT" }),
    jwt({ alg: "HS256" }, SECRET),
    jwt({ alg: "HS256", kid: "../../dev/null" }, ""),
    `${coded({ alg: "dir", enc: "A256CBC-HS512" })}..a.b.c`,
    `v4.local.${token.replaceAll("*", "")}`,
    `s:${coded(payload)}.${createHmac("sha256", SECRET).update(coded(payload)).digest("base64url")}`,
    `${coded(payload)}--${createHmac("sha1", SECRET).update(coded(payload)).digest("hex")}`,
    `gAAAAA${token.replaceAll(/[*.]/g, "")}`,
  ];
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("another version, another format, no algorithm, a weaker one: malformed, all of them", async () => {
    const { send, token, cookie, rejections } = await attack(start);
    const tokens = foreign(token);
    for (const value of tokens) {
      expect([value.slice(0, 20), (await send([`${cookie}=${value}`])).json]).toEqual([
        value.slice(0, 20),
        { ...NOBODY, rejection: "malformed" },
      ]);
    }
    expect(rejections).toEqual(tokens.map(() => "malformed"));
  });

  test("a token that names another key of the ring, or is signed by one key in another's name, is tampered with", async () => {
    const keys = [
      { id: "old", secret: OTHER, activateAt: 0 },
      { id: "new", secret: SECRET, activateAt: 1 },
      { id: "leaked", secret: `${OTHER}x`, activateAt: 0, revokedAt: 1 },
    ];
    const { send, token, cookie, name, clock } = await attack(start, { keyring: createKeyring({ keys }) });
    expect(fieldOf(token, "kid")).toBe("new");
    const payload = JSON.stringify({
      ...{ sid: "A".repeat(22), sub: "admin", iat: clock.now(), max: 3_600, gen: "0.0" },
      dat: {},
    });
    const leaked = deriveKeys(`${OTHER}x`, "session", name);
    const forgeries: readonly (readonly [reason: string, token: string])[] = [
      ["tampered", withField(token, "kid", "old")],
      ["tampered", withField(token, "kid", "leaked")],
      // Whoever has a revoked key can sign in its name, and in no other's.
      ["key_revoked", writeToken(payload, "leaked", leaked, clock.now() + 1_000)],
      ["tampered", writeToken(payload, "new", leaked, clock.now() + 1_000)],
      ["tampered", writeToken(payload, "old", leaked, clock.now() + 1_000)],
      ["unknown_key", writeToken(payload, "x", leaked, clock.now() + 1_000)],
      ["unknown_key", writeToken(payload, "New", leaked, clock.now() + 1_000)],
    ];
    for (const [reason, value] of forgeries) {
      expect((await send([`${cookie}=${value}`])).json).toEqual({ ...NOBODY, rejection: reason });
    }
  });
});

describe("iron's seals of a password, and seals of a ring's key with the same secret", () => {
  test("none opens as the other", async () => {
    const name = `choose-${process.pid}`;
    const sessions = createSessionManager({ name, keyring: SECRET });
    const sealer = createSealer({ keyring: SECRET, purpose: "attack" });
    const byPassword = await sealData({ sid: "A".repeat(22), iat: 1, max: 1, gen: "0", dat: {} }, { password: SECRET });
    const [bare = ""] = byPassword.split("~");
    for (const seal of [byPassword, bare, withField(bare, "kid", bareKeyId(SECRET))]) {
      expect(await refusal(sealer.open(seal))).toBe("malformed");
      const session = await sessions.open(plainJar(`__Host-${name}.guest=${seal}`));
      expect([session.isNew, session.rejection]).toEqual([true, "malformed"]);
    }
    const byRing = await sealer.seal({ user: 42 }, { ttl: "1h" });
    for (const seal of [
      byRing,
      `${byRing}~2`,
      withField(byRing, "kid", "1"),
      withField(withField(byRing, "salt", "0".repeat(64)), "mac salt", "0".repeat(64)),
    ]) {
      expect(await unsealData(seal, { password: SECRET })).toEqual({});
    }
  });

  test("nor does one whose salts are emptied, or whose secret is used as it is, without deriving", async () => {
    const sealer = createSealer({ keyring: SECRET, purpose: "attack" });
    const [bare = ""] = (await sealData({ user: 42 }, { password: SECRET })).split("~");
    const unsalted = withField(withField(bare, "salt", ""), "mac salt", "");
    expect(await refusal(sealer.open(withField(unsalted, "kid", bareKeyId(SECRET))))).toBe("tampered");
    const raw = Buffer.from(SECRET).subarray(0, 32);
    const underived = { encryption: raw, integrity: raw };
    const later = Date.now() + 60_000;
    expect(await refusal(sealer.open(writeToken("1", bareKeyId(SECRET), underived, later)))).toBe("tampered");
    // iron with one buffer takes the same bytes to encrypt and to sign; ours are two, and neither signs as the other.
    const keys = deriveKeys(SECRET, "attack");
    expect(keys.encryption.equals(keys.integrity)).toBe(false);
    const swapped = { encryption: keys.integrity, integrity: keys.encryption };
    expect(await refusal(sealer.open(writeToken("1", bareKeyId(SECRET), swapped, later)))).toBe("tampered");
    expect(await sealer.open(writeToken("1", bareKeyId(SECRET), keys, later))).toBe(1);
  });
});

test("what the payload says chooses nothing either: neither its key, nor its expiry, nor that it need no MAC", async () => {
  const sealer = createSealer({ keyring: parseKeyring(SECRET), purpose: "attack" });
  const keys = deriveKeys(OTHER, "attack");
  const payload = JSON.stringify({ alg: "none", kid: "k1", secret: OTHER, exp: 9_999_999_999_999, verified: true });
  const token = writeToken(payload, bareKeyId(SECRET), keys, 9_999_999_999_999);
  expect(await refusal(sealer.open(token))).toBe("tampered");
  const unsigned = sign(token.slice(0, token.lastIndexOf("**")), { ...keys, integrity: Buffer.alloc(0) });
  expect(await refusal(sealer.open(unsigned))).toBe("tampered");
});
