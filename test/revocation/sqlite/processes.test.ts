import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Revocation, RevocationFacts } from "sealed-session";
import { newPath, openStore } from "./support/files.js";
import { type Call, startProcess, type StoreProcess } from "./support/processes.js";

const DAY = 86_400_000;

async function start(count: number, file: string): Promise<StoreProcess[]> {
  return Promise.all(Array.from({ length: count }, () => startProcess(file)));
}

/** What a reader of the list sees who polls until `done` and once more. */
async function poll(file: string, done: () => boolean): Promise<Revocation[]> {
  const store = openStore(file);
  const seen: Revocation[] = [];
  let cursor: string | undefined;
  for (let last = false; !last;) {
    last = done();
    for (let more = true; more;) {
      const page = await store.list({ after: cursor, limit: 7 });
      seen.push(...page.entries);
      ({ cursor, more } = page);
    }
    await wait(1);
  }
  return seen;
}

test("six processes that begin one file at the same time share one list", async () => {
  const file = newPath();
  const processes = await start(6, file);
  const stats = await Promise.all(processes.map((each) => each.run(["stats"])));
  expect(new Set(stats.map(([answer]) => (answer as { list: string }).list)).size).toBe(1);
});

test("six processes revoke at once: no entry is lost, and a reader meanwhile sees each once, as it was committed", async () => {
  const file = newPath();
  const processes = await start(6, file);
  let ended = false;
  const reading = poll(file, () => ended);
  const names = (index: number): string[] => Array.from({ length: 60 }, (_, i) => `${index}-${i}`);
  await Promise.all(
    processes.map(async (each, index) => {
      const calls = names(index).flatMap((sid): Call[] => [
        ["revokeSession", sid, Date.now() + DAY],
        ["check", { sid }],
      ]);
      const answers = (await each.run(...calls)).filter(Boolean) as RevocationFacts[];
      expect(new Set(answers.map(({ session }) => session))).toEqual(new Set(["revoked"]));
    }),
  );
  ended = true;
  const seen = (await reading).map((entry) => (entry.kind === "session" ? entry.sid : entry.kind));
  expect(seen).toHaveLength(360);
  const whole = await openStore(file).list();
  expect(seen).toEqual(whole.entries.map((entry) => (entry.kind === "session" ? entry.sid : entry.kind)));
  // What a process was told it had done before comes before.
  for (const index of processes.keys()) {
    expect(seen.filter((sid) => sid.startsWith(`${index}-`))).toEqual(names(index));
  }
}, 60_000);

test("of six processes that regenerate the same sessions at once exactly one wins each", async () => {
  const file = newPath();
  const processes = await start(6, file);
  const store = openStore(file);
  const until = Date.now() + DAY;
  const sids = Array.from({ length: 30 }, (_, i) => `old-${i}`);
  const generations = await store.issue({ sid: "any", subject: "ada" });
  const answers = await Promise.all(
    processes.map((each, index) =>
      each.run(
        ...sids.map((sid): Call => [
          "regenerate",
          { sid, next: `${sid}-${index}`, subject: "ada", generations, until },
        ]),
      ),
    ),
  );
  for (const [i, sid] of sids.entries()) {
    const won = answers.flatMap((each, index) => (typeof each[i] === "object" ? [index] : []));
    expect([sid, won.length]).toEqual([sid, 1]);
    await store.revokeSession(sid, until);
    expect(await store.check({ sid: `${sid}-${won[0]}` })).toMatchObject({ session: "revoked" });
  }
}, 60_000);

test("generations that processes give at once all differ", async () => {
  const file = newPath();
  const processes = await start(4, file);
  const calls = Array.from({ length: 25 }, (): Call => ["revokeSubject", "ada"]);
  const given = (await Promise.all(processes.map((each) => each.run(...calls)))).flat();
  expect(new Set(given).size).toBe(100);
  const { generations } = await openStore(file).check({ sid: "any", subject: "ada" });
  expect(generations.subject).toBe(Math.max(...(given as number[])));
}, 60_000);

test("what was revoked stays revoked when the process is killed the moment it says so", async () => {
  const file = newPath();
  for (let round = 0; round < 5; round++) {
    const killed = await startProcess(file);
    await killed.run(["revokeSession", `sid-${round}`], ["revokeSubject", `subject-${round}`]);
    await killed.kill();
    const next = await startProcess(file);
    const [facts] = (await next.run(["check", { sid: `sid-${round}`, subject: `subject-${round}` }])) as [
      RevocationFacts,
    ];
    await next.kill();
    expect(facts.session).toBe("revoked");
    expect(facts.generations.subject).toBeGreaterThan(0);
  }
}, 60_000);

test("while another process holds the lock a write waits, and the event loop goes on", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.revokeSession("before");
  const holder = await startProcess(file);
  await holder.run(["lock"]);
  const turns = { count: 0 };
  const pulse = setInterval(() => turns.count++, 5);
  let settled = false;
  const writing = Promise.resolve(store.revokeSession("waiting")).finally(() => (settled = true));
  while (turns.count < 20) {
    expect(settled).toBe(false);
    // Reading does not wait for writers, and answers at once.
    expect(store.check({ sid: "before" })).toMatchObject({ session: "revoked" });
    await wait(1);
  }
  clearInterval(pulse);
  await holder.run(["unlock"]);
  await writing;
  expect(await store.check({ sid: "waiting" })).toMatchObject({ session: "revoked" });
}, 30_000);

test("a lock that is never given back is an error that says so, and holds no session id", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.announce(DAY);
  const holder = await startProcess(file);
  await holder.run(["lock"]);
  const failed = await Promise.resolve(store.revokeSession("a-secret-id")).catch((error: Error) => error);
  await holder.run(["unlock"]);
  expect(failed).toBeInstanceOf(Error);
  expect((failed as Error).message).toContain(`${file} is locked by another process`);
  expect(JSON.stringify(failed) + (failed as Error).stack).not.toContain("a-secret-id");
}, 30_000);
