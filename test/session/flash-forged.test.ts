import { expect, test } from "vitest";
import { bareKeyId, deriveKeys, writeToken } from "../seal/reader.js";
import { SECRET, testManager, visit } from "../support/sessions.js";

/* I7: flash cookies that only who has the key could make. */

function forger() {
  const { sessions, clock, name } = testManager();
  const keys = deriveKeys(SECRET, "flash", name);
  const later = clock.now() + 60_000;
  const forge = (messages: unknown, expiry = later): string =>
    writeToken(JSON.stringify(messages), bareKeyId(SECRET), keys, expiry);
  const open = async (...tokens: string[]) =>
    (await visit(sessions, tokens.map((token) => `__Host-${name}.flash=${token}`).join("; "))).session;
  return { clock, later, forge, open };
}

test("one entry that is no message makes all of them none", async () => {
  const { later, forge, open } = forger();
  expect((await open(forge([["notice", "hello", later]]))).flash("notice")).toBe("hello");
  const entries: unknown[] = [
    1,
    null,
    "abc",
    ["a"],
    ["a", "b"],
    ["a", "b", "c"],
    ["a", "b", later + 0.5],
    [1, "b", later],
    { 0: "a", 1: "b", 2: later },
  ];
  for (const entry of entries) {
    const session = await open(forge([["notice", "hello", later], entry]));
    expect([entry, session.flash("notice")]).toEqual([entry, undefined]);
  }
});

test("what is not called by text cannot be taken", async () => {
  const { later, forge, open } = forger();
  const session = await open(forge([[1, "hello", later]]));
  expect(session.hasFlash(1 as unknown as string)).toBe(false);
});

test("a token's own expiry counts, whatever its messages say", async () => {
  const { clock, later, forge, open } = forger();
  const messages = [["notice", "hello", later]];
  expect((await open(forge(messages, clock.now()))).flash("notice")).toBe("hello");
  expect((await open(forge(messages, clock.now() - 1))).flash("notice")).toBeUndefined();
});

test("of several cookies the first that holds counts, whatever stands before it", async () => {
  const { clock, later, forge, open } = forger();
  const good = forge([["notice", "hello", later]]);
  const stale = forge([["notice", "stale", later]], clock.now() - 1);
  const session = await open("garbage", `${good.slice(0, -1)}!`, stale, good, forge([["notice", "second", later]]));
  expect(session.flash("notice")).toBe("hello");
});
