import pg from "pg";
import { postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, test } from "vitest";
import { run } from "../../support/services/postgres.js";
import { connectionTo, newSid, poolTo, storeAt, useServer } from "./support/harness.js";

const server = useServer();
const UNTIL = 99_999_999_999_999;

describe("at the same time", () => {
  test("eight connections that find no schema make one, and one list", async () => {
    for (let round = 0; round < 3; round++) {
      const url = await server().newDatabase();
      const stores = Array.from({ length: 8 }, () => storeAt(url, {}, { max: 1 }));
      const lists = await Promise.all(stores.map(async (store) => (await store.stats()).list));
      expect(new Set(lists).size).toBe(1);
    }
  });

  test("of two connections that regenerate one session, exactly one wins", async () => {
    const url = await server().newDatabase();
    const stores = [storeAt(url), storeAt(url)];
    for (let round = 0; round < 30; round++) {
      const sid = newSid();
      const generations = (await stores[0]?.issue({ sid, subject: "ada" })) ?? { all: 0, subject: 0 };
      const answers = await Promise.all(
        stores.map(async (store) =>
          store.regenerate({ sid, next: newSid(), subject: "ada", generations, until: UNTIL }),
        ),
      );
      expect(answers.filter((answer) => answer === "superseded")).toHaveLength(1);
      expect(answers).toContainEqual(generations);
    }
  });

  test("a session that is regenerated while its subject is signed out everywhere does not outlive it", async () => {
    const url = await server().newDatabase();
    const [user, admin] = [storeAt(url), storeAt(url)];
    const seen = { refused: 0, regenerated: 0 };
    for (let round = 0; round < 40; round++) {
      const sid = newSid();
      const generations = await user.issue({ sid, subject: "ada" });
      const [next, query] = [newSid(), { subject: "ada", generations, until: UNTIL }];
      const regenerate = async () => user.regenerate({ sid, next, ...query });
      const revoke = async () => admin.revokeSubject("ada");
      const [answer, generation] =
        round % 2 ? await Promise.all([regenerate(), revoke()]) : await both(revoke(), regenerate());
      if (answer === "revoked") seen.refused++;
      else {
        seen.regenerated++;
        expect(answer).toEqual(generations);
        expect((await user.check({ sid: next, subject: "ada" })).generations.subject).toBe(generation);
        expect(generation).toBeGreaterThan(generations.subject);
      }
    }
    expect(seen.refused + seen.regenerated).toBe(40);
  });

  test("a hundred operations of every kind end without a deadlock", async () => {
    const url = await server().newDatabase();
    const stores = [storeAt(url), storeAt(url), storeAt(url)];
    const sids = Array.from({ length: 8 }, newSid);
    const at = (i: number): string => sids[i % sids.length] as string;
    const work = Array.from({ length: 120 }, async (_, i) => {
      const store = stores[i % stores.length] ?? storeAt(url);
      const linked = { sid: at(i + 1), until: UNTIL, linked: true };
      const signIn = { id: newSid(), at: i, until: UNTIL };
      if (i % 8 === 0) await store.issue({ sid: at(i), subject: "ada", replaces: [linked], signIn });
      else if (i % 8 === 1) await store.revokeSession(at(i), UNTIL);
      else if (i % 8 === 2) await store.revokeSubject("ada");
      else if (i % 8 === 3) await store.revokeAll();
      else if (i % 8 === 4) await store.revokeKeys([`k${i % 3}`]);
      else if (i % 8 === 5) await store.useOnce(`token-${i % 3}`, 1);
      else if (i % 8 === 6) await store.directory?.touch(at(i), { seenAt: i, until: UNTIL });
      else await store.prune(10);
    });
    await Promise.all(work);
    const [row] = await run(url, "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()");
    expect(row).toEqual({ deadlocks: 0 });
  });

  test("who only looks, signs in or uses a token waits for no writer", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const sid = newSid();
    await store.announce(1_000);
    const writer = await connectionTo(url);
    await writer.query("BEGIN");
    await writer.query("SELECT sealed_session.v1_revoke_subject('ada', 1000)");
    const before = await store.issue({ sid, subject: "ada", signIn: { id: "x", at: 1, until: UNTIL } });
    expect(before.subject).toBe(0);
    expect((await store.check({ sid, subject: "ada" })).generations).toEqual(before);
    expect(await store.useOnce("token", UNTIL)).toBe(true);
    await store.directory?.touch(sid, { seenAt: 2, until: UNTIL });
    await store.announce(500);
    await store.prune();
    expect((await store.list()).entries).toEqual([]);
    await writer.query("COMMIT");
    // What it was sealed with meanwhile is behind: the sign-out that was under way ends it.
    expect((await store.check({ sid, subject: "ada" })).generations.subject).toBeGreaterThan(before.subject);
    expect(await store.directory?.count("ada")).toBe(0);
  });

  test("every operation is one round trip", async () => {
    const pool = poolTo(await server().newDatabase());
    let trips = 0;
    const counting = {
      query: (text: string, parameters?: (string | null)[]) => {
        trips++;
        return pool.query<Record<string, unknown>>(text, parameters);
      },
    };
    const store = postgresStore(counting);
    await store.announce(1_000);
    const generations = await store.issue({ sid: "a" });
    const replaces = [{ sid: "b", until: UNTIL, linked: true }];
    const operations: Record<string, () => unknown> = {
      check: () => store.check({ sid: "a", subject: "ada", keys: ["k1"] }),
      issue: () => store.issue({ sid: "c", subject: "ada", replaces, signIn: { id: "x", at: 1, until: UNTIL } }),
      regenerate: () => store.regenerate({ sid: "d", next: "e", generations, until: UNTIL, endOthers: true }),
      revokeSession: () => store.revokeSession("f"),
      revokeSubject: () => store.revokeSubject("ada"),
      revokeAll: () => store.revokeAll(),
      revokeKeys: () => store.revokeKeys(["k1"]),
      useOnce: () => store.useOnce("g", UNTIL),
      list: () => store.list(),
      stats: () => store.stats(),
      prune: () => store.prune(),
      touch: () => store.directory?.touch("c", { seenAt: 2, until: UNTIL }),
      find: () => store.directory?.find("x"),
      count: () => store.directory?.count(),
    };
    for (const [name, operate] of Object.entries(operations)) {
      const before = trips;
      await operate();
      expect([name, trips - before]).toEqual([name, 1]);
    }
  });

  test("what a caller does in a transaction of its own is undone with it, and nothing stays locked", async () => {
    const url = await server().newDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const mine = postgresStore(client);
    const other = storeAt(url);
    await other.stats();
    await client.query("BEGIN");
    await mine.revokeSession("abc");
    await client.query("ROLLBACK");
    await client.end();
    await other.revokeSession("def");
    expect((await other.check({ sid: "abc" })).session).toBe("live");
  });
});

async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[B, A]> {
  const [a, b] = await Promise.all([first, second]);
  return [b, a];
}

test("a sign-in that replaces an old id and the oldest that took its place is not ended with that one", async () => {
  const store = storeAt(await server().newDatabase());
  const old = newSid();
  const replaces = [{ sid: old, until: UNTIL, linked: true }];
  const sids = Array.from({ length: 16 }, newSid);
  for (const sid of sids) await store.issue({ sid, subject: "ada", replaces });
  const [next, oldest = ""] = [newSid(), ...sids];
  const signIn = { id: newSid(), at: 1, until: UNTIL };
  await store.issue({
    sid: next,
    subject: "ada",
    replaces: [{ sid: oldest, until: UNTIL, linked: true }, ...replaces],
    signIn,
  });
  expect((await store.check({ sid: next })).session).toBe("live");
  expect((await store.check({ sid: oldest })).session).toBe("revoked");
  expect(await store.directory?.find(signIn.id)).toMatchObject({ sid: next });
});
