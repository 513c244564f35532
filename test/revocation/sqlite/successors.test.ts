import { expect, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { newPath, openDatabase, openStore } from "./support/files.js";

const UNTIL = Date.now() + 3_600_000;

async function statusesOf(store: RevocationStore, sids: readonly string[]) {
  return Promise.all(sids.map(async (sid) => (await store.check({ sid })).session));
}

test("of more than 16 sign-ins with one old id the oldest ends, with what took its place", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.announce(1_000);
  const sids = Array.from({ length: 18 }, (_, i) => `sid-${i}`);
  const signIn = (sid: string) => store.issue({ sid, replaces: [{ sid: "old", until: UNTIL, linked: true }] });
  const generations = await signIn("sid-0");
  await store.regenerate({ sid: "sid-0", next: "next", generations, until: UNTIL });
  // Saying it again adds nothing.
  await signIn("sid-0");
  for (const sid of sids.slice(1)) await signIn(sid);
  expect(await statusesOf(store, sids)).toEqual(sids.map((_sid, i) => (i < 2 ? "revoked" : "live")));
  expect(await statusesOf(store, ["next", "old"])).toEqual(["revoked", "superseded"]);
  const rows = openDatabase(file).prepare("SELECT successors FROM sealed_session_entries WHERE id = 'old'").all();
  expect(JSON.parse((rows[0] as { successors: string }).successors)).toEqual(sids.slice(2));
  const { entries } = await store.list();
  expect(entries.find((entry) => entry.kind === "session" && entry.sid === "sid-1")).not.toHaveProperty("until", UNTIL);
  await store.revokeSession("old");
  expect(new Set(await statusesOf(store, sids))).toEqual(new Set(["revoked"]));
});

test("what was revoked already is not written again", async () => {
  const store = openStore(newPath());
  await store.revokeSession("a", UNTIL);
  const { cursor, entries } = await store.list();
  await store.revokeSession("a", UNTIL + 1);
  await store.issue({ sid: "b", replaces: [{ sid: "a", until: UNTIL + 1, linked: true }] });
  expect(await store.list()).toMatchObject({ cursor, entries });
});

test("a sign-in without a subject is no sign-in for the directory", async () => {
  const store = openStore(newPath());
  const signIn = { id: "phone", at: Date.now(), until: UNTIL };
  expect(await store.issue({ sid: "a", signIn })).toMatchObject({ subject: 0 });
  expect(await store.directory?.count()).toBe(0);
});

test("a regenerate that is to end the others of nobody ends none", async () => {
  const store = openStore(newPath());
  const generations = await store.issue({ sid: "a" });
  const query = { sid: "a", next: "b", generations, until: UNTIL, endOthers: true };
  expect(await store.regenerate(query)).toEqual(generations);
  expect(await store.stats()).toMatchObject({ sessions: 1, subjects: 0 });
});

test("a sign-in that is being made never ends by it, also when it takes the place of several", async () => {
  const store = openStore(newPath());
  let before: string[] = [];
  for (let i = 0; i < 40; i++) {
    const sid = `sid-${i}`;
    await store.issue({
      sid,
      replaces: [...before, "old"].map((each) => ({ sid: each, until: UNTIL, linked: true })),
    });
    expect(await statusesOf(store, [sid])).toEqual(["live"]);
    before = [sid];
  }
});

test("a regenerate that is sent again is answered as the first time, and changes nothing", async () => {
  const store = openStore(newPath());
  const sealed = await store.issue({
    sid: "a",
    subject: "ada",
    signIn: { id: "phone", at: Date.now(), until: UNTIL },
  });
  const query = { sid: "a", next: "b", subject: "ada", generations: sealed, until: UNTIL };
  const first = await store.regenerate(query);
  const { cursor } = await store.list();
  expect(await store.regenerate(query)).toEqual(first);
  expect(await store.list({ after: cursor })).toMatchObject({ entries: [], cursor });
  expect(await store.directory?.find("phone")).toMatchObject({ sid: "b" });
  expect(await store.regenerate({ ...query, next: "c" })).toBe("superseded");
  expect(await store.regenerate({ ...query, endOthers: true })).toBe("superseded");
  await store.revokeSubject("ada");
  expect(await store.regenerate(query)).toBe("revoked");
});
