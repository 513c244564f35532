import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { bareKeyId, deriveKeys, sign, writeToken } from "../seal/reader.js";
import { plainJar } from "../support/play.js";
import { SECRET, testManager } from "../support/sessions.js";
import { watchCipher } from "./support/cipher-watch.js";
import { withBytes, withField } from "./support/tampering.js";
import { attack, visible } from "./support/target.js";

/*
 * C2. Whoever can tell bad padding from a bad MAC can read and write what CBC mode encrypts, one byte after the other:
 * ASP.NET's padding oracle (MS10-070, CVE-2010-3332). It takes no more than another error, or another amount of work.
 */

/** What differs inside, were anybody to look: the padding, the first block, the time, or only the MAC. */
function forgeries(token: string, now: number, step = 15): string[] {
  const change = (at: number, by: number) => (bytes: Buffer) => {
    const index = at < 0 ? bytes.length + at : at;
    return Buffer.from(bytes.map((byte, place) => (place === index ? byte ^ by : byte)));
  };
  return [
    withBytes(token, "mac", change(0, 1)),
    withBytes(token, "mac", change(-1, 0x80)),
    withBytes(token, "iv", change(0, 0xff)),
    // The last byte of the block before the last decides over the last one's padding: the oracle's questions.
    ...Array.from({ length: 255 / step }, (_, by) => withBytes(token, "ciphertext", change(-17, by * step + 1))),
    withBytes(token, "ciphertext", (bytes) => bytes.subarray(0, 16)),
    withBytes(token, "ciphertext", (bytes) => Buffer.concat([bytes, bytes.subarray(-16)])),
    withField(token, "expiry", String(now - 1)),
    withField(token, "expiry", "1"),
    withField(token, "expiry", String(now + 10_000_000)),
  ];
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("every forgery gets the same answer, byte for byte, for one MAC of work and no decryption", async () => {
    const { send, token, cookie, clock, rejections } = await attack(start);
    const forged = forgeries(token, clock.now());
    const watch = watchCipher();
    const answers = new Set<string>();
    for (const value of forged) {
      watch.clear();
      answers.add(visible(await send([`${cookie}=${value}`])));
      expect(watch.calls).toEqual(["verify"]);
    }
    expect([...answers]).toEqual([expect.stringMatching(/^200\n/)]);
    expect(rejections).toEqual(forged.map(() => "tampered"));
  });

  test("whether a forged token has expired is not told either", async () => {
    const { send, token, cookie, clock } = await attack(start);
    const [first = "", ...rest] = forgeries(token, clock.now()).slice(0, 3);
    const before = visible(await send([`${cookie}=${first}`]));
    clock.advance(400 * 86_400_000);
    for (const value of [first, ...rest]) expect(visible(await send([`${cookie}=${value}`]))).toBe(before);
  });
});

test("all 255 questions that an oracle is asked about one byte have one answer, at the same cost", async () => {
  const { sessions, name, clock } = testManager();
  const jar = plainJar("");
  await (await sessions.open(jar)).login("ada");
  const forged = forgeries(jar.written.get(`__Host-${name}`) ?? "", clock.now(), 1);
  expect(forged.length).toBeGreaterThan(255);
  const { calls } = watchCipher();
  for (const token of forged) {
    const session = await sessions.open(plainJar(`__Host-${name}=${token}`));
    expect([session.isNew, session.rejection]).toEqual([true, "tampered"]);
  }
  expect(calls).toEqual(forged.map(() => "verify"));
});

test("what has the right MAC and cannot be read is refused in one way, whatever is wrong with it", async () => {
  const { sessions, name, clock } = testManager();
  await sessions.ready();
  const keys = deriveKeys(SECRET, "session", name);
  const [kid, expiry] = [bareKeyId(SECRET), clock.now() + 1_000];
  const blocks = Buffer.alloc(48, 7).toString("base64url");
  const values = {
    "bad padding": sign(`Fe26.2*${kid}**${"A".repeat(22)}*${blocks}*${expiry}`, keys),
    "bad JSON": writeToken('{"sid":', kid, keys, expiry),
    "bad UTF-8": writeToken(Buffer.from([0xff, 0xfe, 0xc0]), kid, keys, expiry),
    "no session": writeToken('{"user":42}', kid, keys, expiry),
    "bad JSON, expired": writeToken('{"sid":', kid, keys, 1),
    "bad padding, expired": sign(`Fe26.2*${kid}**${"A".repeat(22)}*${blocks}*1`, keys),
  };
  for (const [what, value] of Object.entries(values)) {
    const { calls } = watchCipher();
    const session = await sessions.open(plainJar(`__Host-${name}=${value}`));
    expect([what, session.rejection, session.isNew]).toEqual([what, "malformed", true]);
    expect(calls.filter((call) => call !== "derive")).toEqual(["verify", "decrypt"]);
  }
});
