import { type DerivedKeys, sign, writeToken } from "../seal/reader.js";
import type { Random } from "./random.js";

/*
 * Plaintexts that no version of the package would seal, sealed with the right keys: they get past the MAC, where the
 * code that reads them must still believe nothing.
 */

/** The only ids that hostile payloads claim. */
export const FORGED_SIDS = ["A".repeat(22), "forged-session-id-000A", "zzzzzzzzzzzzzzzzzzzzzQ"];

const VALUES: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e21, 9_007_199_254_740_991, "", "x", "0", "0.0", "zzzzzzzzzzz", "-1", [], [[]], {}, { length: 1e9 },
  ["__proto__"], ["k".repeat(40)], Array.from({ length: 100 }, () => "k"), { toString: 1 }, { then: "x" }, "\ud800", "A".repeat(22),
]; // prettier-ignore

const TEXTS: readonly string[] = [
  "", " ", "null", "true", "0", "-0", "1e999", '""', "[]", "{}", "[{}]", "{", '{"sid"', "undefined", "NaN", "\ufeff{}", "{'a':1}", "{}{}",
  '{"__proto__":{"admin":true}}', '{"\\u005f_proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', "[".repeat(6_000),
  "[".repeat(3_000) + "]".repeat(3_000), '{"a":'.repeat(1_500) + "1" + "}".repeat(1_500),
]; // prettier-ignore

const DATA: readonly string[] = [
  "null", "1", '"text"', "[]", '{"cart":null}', '{"cart":"x"}', '{"cart":[1]}', '{"cart":{"length":1}}', '{"cart":[],"__proto__":{"x":1}}',
  '{"cart":["x"],"constructor":{"prototype":{}}}', '{"cart":["x"],"more":1}', '{"cart":[],"cart":1}', '{"count":1e999}', '{"count":-0}',
  `{"cart":${"[".repeat(2_000)}${"]".repeat(2_000)}}`, `{"count":${"9".repeat(400)}}`, '{"cart":["\\ud800"]}', "{}", '{"cart":["fine"]}',
]; // prettier-ignore

const FIELDS = ["sid", "sub", "iat", "max", "ren", "idl", "per", "gen", "kids", "sv"] as const;

/** A session's plaintext with something wrong in it, or with nothing wrong but its origin. */
function payload(random: Random, now: number): string {
  const fields: Record<string, unknown> = { sid: random.pick(FORGED_SIDS), iat: now, max: 3_600, gen: "0" };
  if (random.chance(0.5)) Object.assign(fields, { sub: "user-1", gen: "0.0" });
  const changes = random.pick([0, 0, 1, 1, 1, 2, 5]);
  for (let change = 0; change < changes; change++) {
    const field = random.pick(FIELDS);
    if (random.chance(0.25)) delete fields[field];
    else fields[field] = random.pick(VALUES);
  }
  const head = JSON.stringify(fields).slice(0, -1);
  if (random.chance(0.05)) return `${head}}`;
  const text = `${head},"dat":${random.pick(DATA)}}`;
  return random.chance(0.1) ? text.slice(0, random.below(text.length)) : text;
}

/** A token that is authentic, and hostile inside. */
export function sealedGarbage(random: Random, kid: string, keys: DerivedKeys, now: number): string {
  const expiry = random.pick([now + 1_000, now + 1_000, now + 1_000, now, now - 1, 1, 9_007_199_254_740_991]);
  const kind = random.below(20);
  if (kind === 0) return writeToken(random.bytes(random.below(64)), kid, keys, expiry);
  if (kind <= 3) return writeToken(random.pick(TEXTS), kid, keys, expiry);
  if (kind === 4) {
    const [iv, ciphertext] = [random.bytes(16), random.bytes(16 * (1 + random.below(8)))].map((bytes) =>
      Buffer.from(bytes).toString("base64url"),
    );
    return sign(`Fe26.2*${kid}**${iv}*${ciphertext}*${expiry}`, keys);
  }
  return writeToken(payload(random, now), kid, keys, expiry);
}

/** An authentic flash cookie that holds anything. */
export function flashGarbage(random: Random, kid: string, keys: DerivedKeys, now: number): string {
  const text = random.pick([
    ...TEXTS,
    "[1]",
    '["notice"]',
    '[["notice"]]',
    '[["notice","x","y"]]',
    `[["notice","x",${now}]]`,
    `[["notice",{"a":1},${now + 1_000}],["__proto__",1,${now}],[1,2,${now}]]`,
    '[["notice","x",1e999]]',
    '[["notice","x",-1]]',
    "[[1,2]]",
    '[null,["a","b"]]',
    '[["__proto__",1]]',
  ]);
  return writeToken(text, kid, keys, now + random.pick([-1, 1_000]));
}
