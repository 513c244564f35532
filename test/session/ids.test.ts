import { memoryStore, type RevocationStore } from "sealed-session";
import { expect, test } from "vitest";
import { visit, testManager } from "../support/sessions.js";

const COUNT = 4_096;
/** In standard deviations: 128 bits leave it by chance once in a million million runs. */
const BOUND = 8;

test("session ids are 128 bits, of which each is set as often as not, and no two are the same", async () => {
  const { sessions } = testManager();
  const ids: string[] = [];
  for (let i = 0; i < COUNT; i++) ids.push((await visit(sessions, "")).session.id);
  expect(new Set(ids).size).toBe(COUNT);
  const counts = Array.from({ length: 128 }, () => 0);
  for (const id of ids) {
    const bytes = Buffer.from(id, "base64url");
    expect([bytes.length, bytes.toString("base64url")]).toEqual([16, id]);
    for (let bit = 0; bit < 128; bit++) counts[bit]! += ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  const deviation = Math.sqrt(COUNT) / 2;
  const skewed = counts.filter((count) => Math.abs(count - COUNT / 2) > BOUND * deviation);
  expect(skewed).toEqual([]);
});

test("an id is made anew with each sign-in and each regenerate, and each seal of a session is another token", async () => {
  const { sessions } = testManager();
  const seen: string[] = [];
  for (let i = 0; i < 20; i++) {
    const { session, setCookies } = await visit(sessions, "");
    await session.login("ada");
    const [first = ""] = setCookies();
    seen.push(session.id, first);
    await session.regenerate();
    seen.push(session.id, setCookies()[0] ?? "");
  }
  expect(new Set(seen).size).toBe(seen.length);
});

test("the store is told the id of each session that begins", async () => {
  const store = memoryStore({ name: `ids-${process.pid}` });
  const begun: string[] = [];
  const revocation: RevocationStore = { ...store, issue: (query) => (begun.push(query.sid), store.issue(query)) };
  const { sessions } = testManager({ revocation });
  const { session } = await visit(sessions, "");
  session.set("a", 1);
  await session.save();
  const guest = session.id;
  await session.login("ada");
  expect(begun).toEqual([guest, session.id]);
});
