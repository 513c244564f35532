import { expect, test } from "vitest";
import { newPath, openDatabase, openStore } from "./support/files.js";
import { type Call, startProcess } from "./support/processes.js";

const DAY = 86_400_000;

/** Puts entries into the list by the tables themselves: revoking so many takes a minute. */
function fill(file: string, count: number): void {
  const database = openDatabase(file);
  database.exec("PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
  database.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO sealed_session_entries (place, kind, id, state, since, until)
    SELECT counter + n, 1, 'filled-' || n, 1, 0, ${Date.now() + DAY} FROM numbers, sealed_session_list;
    UPDATE sealed_session_list SET counter = counter + ${count};
    COMMIT`);
}

test("fifty thousand entries are read page by page while another process writes, and none is missed", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.announce(DAY);
  fill(file, 50_000);
  const writer = await startProcess(file);
  const calls = Array.from({ length: 200 }, (_, i): Call => ["revokeSession", `late-${i}`, Date.now() + DAY]);
  let writing = true;
  const written = writer.run(...calls).finally(() => (writing = false));
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let last = false, more = true; more || !last;) {
    last = !writing;
    const page = await store.list({ after: cursor, limit: 5_000 });
    seen.push(...page.entries.map((entry) => (entry.kind === "session" ? entry.sid : entry.kind)));
    ({ cursor, more } = page);
    await new Promise(setImmediate);
  }
  await written;
  expect(seen).toHaveLength(50_200);
  expect(new Set(seen).size).toBe(50_200);
  expect(seen.filter((sid) => sid.startsWith("late-"))).toEqual(calls.map(([, sid]) => sid));
});

test("what expired is removed by those who write, a few at a time, and all of it by prune", async () => {
  const file = newPath();
  let now = Date.now();
  const store = openStore(file, { clock: () => now });
  await store.announce(DAY);
  fill(file, 1_000);
  now += 2 * DAY;
  await store.revokeSession("new");
  expect((await store.stats()).sessions).toBe(981);
  expect(await store.prune(500)).toBe(500);
  expect([await store.prune(), await store.prune()]).toEqual([480, 0]);
  expect(await store.stats()).toMatchObject({ sessions: 1 });
});

test("sign-ins that ended with their subject are removed at once, those that ended with everything by prune", async () => {
  const file = newPath();
  const store = openStore(file);
  const at = Date.now();
  const rows = (): unknown[] => openDatabase(file).prepare("SELECT id FROM sealed_session_sign_ins ORDER BY id").all();
  for (const id of ["a", "b", "d"]) {
    await store.issue({ sid: id, subject: id, signIn: { id, at, until: at + DAY } });
  }
  await store.revokeSubject("d");
  expect(rows()).toEqual([{ id: "a" }, { id: "b" }]);
  await store.revokeAll();
  await store.issue({ sid: "c", subject: "a", signIn: { id: "c", at, until: at + DAY } });
  expect(rows()).toHaveLength(3);
  await store.prune();
  expect(rows()).toEqual([{ id: "c" }]);
});

test("a cursor that this list did not give begins at the start", async () => {
  const store = openStore(newPath());
  for (let i = 0; i < 5; i++) await store.revokeSession(`sid-${i}`);
  const { cursor, list } = await store.list({ limit: 2 });
  expect((await store.list({ after: cursor })).entries).toHaveLength(3);
  const foreign = [`${list}:6`, `${list}:9999`, `${list}:`, list, `${list}:2x`, `${list}:x2`, `${list}:-2`, `x:2`];
  for (const after of [...foreign, `${list}:00000000000000002`]) {
    expect([after, (await store.list({ after })).entries.length]).toEqual([after, 5]);
  }
});

test("a page of nothing leads on from where it began", async () => {
  const store = openStore(newPath());
  for (let i = 0; i < 3; i++) await store.revokeSession(`sid-${i}`);
  const start = await store.list({ limit: 0 });
  expect(start).toMatchObject({ entries: [], more: true });
  const { cursor } = await store.list({ limit: 1 });
  const later = await store.list({ after: cursor, limit: 0 });
  expect(later).toMatchObject({ entries: [], more: true, cursor });
  expect((await store.list({ after: start.cursor })).entries).toHaveLength(3);
  expect((await store.list({ limit: Infinity })).entries).toHaveLength(3);
  expect(await store.directory?.list({ limit: 0 })).toEqual({ signIns: [] });
});

test("of the directory, too, a cursor that it did not give begins at the start", async () => {
  const store = openStore(newPath());
  const at = Date.now();
  for (const id of ["b", "a"]) {
    await store.issue({ sid: id, subject: "!", signIn: { id, at, until: at + DAY } });
  }
  const idsFrom = async (after: string): Promise<string[]> =>
    ((await store.directory?.list({ after }))?.signIns ?? []).map(({ id }) => id);
  expect(await idsFrom(JSON.stringify(["!", at, "a"]))).toEqual(["b"]);
  const foreign = [
    ["z"],
    ["z", at],
    ["z", at, {}],
    [{}, at, "z"],
    ["z", "1", "z"],
    ["z", at + 0.5, "z"],
    ["z", null, "z"],
    [1, at, "z"],
    ["z", at, 1],
    null,
    {},
    "z",
  ];
  for (const after of [...foreign.map((each) => JSON.stringify(each)), "", "z", "["]) {
    expect([after, await idsFrom(after)]).toEqual([after, ["a", "b"]]);
  }
});
