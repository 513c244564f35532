import type { RevocationStore } from "sealed-session";
import { postgresSchema, postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, test } from "vitest";
import { run } from "../../support/services/postgres.js";
import { newSid, poolTo, statusOf, storeAt, useServer } from "./support/harness.js";

const server = useServer();

/** Ways to lose the list while its processes run. */
const LOSSES = [
  "DROP TABLE sealed_session.entries",
  "DROP TABLE sealed_session.list",
  "DROP TABLE sealed_session.list, sealed_session.entries, sealed_session.sign_ins",
  "DROP SCHEMA sealed_session CASCADE",
  "TRUNCATE sealed_session.entries",
  "TRUNCATE sealed_session.list",
  "TRUNCATE sealed_session.list, sealed_session.entries, sealed_session.sign_ins",
  "DELETE FROM sealed_session.entries",
  "DELETE FROM sealed_session.list",
  "UPDATE sealed_session.list SET id = 'another'",
] as const;

describe("a lost list signs everyone out", () => {
  test.each(LOSSES)("%s", async (loss) => {
    const url = await server().newDatabase();
    const [first, second] = [storeAt(url), storeAt(url)];
    await first.announce(3_600_000);
    const before = await first.issue({ sid: newSid(), subject: "ada" });
    const { list, cursor } = await second.list();
    const revoked = newSid();
    await second.revokeSession(revoked);
    await run(url, loss);

    const facts = await first.check({ sid: newSid(), subject: "ada" });
    expect(facts.generations.all).toBeGreaterThan(before.all);
    const page = await second.list({ after: cursor });
    expect(page.list).not.toBe(list);
    expect(page.all).toBeGreaterThanOrEqual(facts.generations.all);
    // The one that revoked it remembers it, and tells the new list.
    expect(await statusOf(first, revoked)).toBe("revoked");

    const after = await first.issue({ sid: newSid(), subject: "ada" });
    const { stats, check } = second;
    expect((await stats()).retention).toBe(3_600_000);
    expect((await check({ sid: newSid(), subject: "ada" })).generations).toEqual(after);
  });

  const FINDERS: Record<string, (store: RevocationStore) => unknown> = {
    check: (store) => store.check({ sid: "a" }),
    issue: (store) => store.issue({ sid: "a" }),
    "issue, replacing": (store) => store.issue({ sid: "a", replaces: [{ sid: "b", until: 1, linked: true }] }),
    regenerate: (store) => store.regenerate({ sid: "a", next: "b", generations: { all: 0, subject: 0 }, until: 1 }),
    revokeSession: (store) => store.revokeSession("a"),
    revokeSubject: (store) => store.revokeSubject("ada"),
    revokeAll: (store) => store.revokeAll(),
    revokeKeys: (store) => store.revokeKeys(["k1"]),
    useOnce: (store) => store.useOnce("a", 1),
    announce: (store) => store.announce(1),
    list: (store) => store.list(),
    stats: (store) => store.stats(),
    prune: (store) => store.prune(),
    touch: (store) => store.directory?.touch("a", { seenAt: 1, until: 1 }),
    find: (store) => store.directory?.find("a"),
    "list of sign-ins": (store) => store.directory?.list(),
    count: (store) => store.directory?.count(),
    "count of a subject": (store) => store.directory?.count("ada"),
  };

  test.each(Object.entries(FINDERS))("whoever finds it: %s", async (_name, find) => {
    const url = await server().newDatabase();
    const [{ list, all }, store] = [await storeAt(url).stats(), storeAt(url)];
    for (const loss of ["DELETE FROM sealed_session.list", "TRUNCATE sealed_session.entries"]) {
      await run(url, loss);
      await find(store);
      const [row] = await run(url, "SELECT id, generation::float8 AS all FROM sealed_session.list");
      expect(row?.["id"]).not.toBe(list);
      expect(row?.["all"]).toBeGreaterThan(all);
      const [found] = await run(url, "SELECT count(*)::int FROM sealed_session.entries WHERE kind = 'list'");
      expect(found).toEqual({ count: 1 });
    }
  });

  test("entries that outlived their list stay, and those of the new one come after them", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const [old, next] = [newSid(), newSid()];
    await store.revokeSession(old);
    await run(url, "DELETE FROM sealed_session.list");
    const fresh = storeAt(url);
    expect(await statusOf(fresh, old)).toBe("revoked");
    const { cursor } = await fresh.list();
    await fresh.revokeSession(next);
    expect((await fresh.list({ after: cursor })).entries).toMatchObject([{ sid: next }]);
  });
});

describe("a list that is not where it was", () => {
  test("the new list begins past the last generation, also when its server's clock is behind", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const last = await store.revokeAll();
    const old = await store.issue({ sid: newSid(), subject: "ada" });
    await run(
      url,
      `DELETE FROM sealed_session.list;
      CREATE OR REPLACE FUNCTION sealed_session.v1_now() RETURNS bigint LANGUAGE sql AS 'SELECT 1000::bigint'`,
    );
    expect((await storeAt(url).check({ sid: newSid() })).generations.all).toBe(1_000);
    expect((await store.check({ sid: newSid() })).generations.all).toBe(last + 1);
    expect(old.all).toBe(last);
  });

  test("two lists behind one client are an error, not an endless search", async () => {
    const pools = [poolTo(await server().newDatabase()), poolTo(await server().newDatabase())];
    for (const pool of pools) await pool.query(postgresSchema());
    let asked = 0;
    const store = postgresStore({
      query: async (text: string, parameters?: (string | null)[]) =>
        (pools[asked++ % 2] as (typeof pools)[number]).query<Record<string, unknown>>(text, parameters),
    });
    const use = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await store.check({ sid: "a" });
    };
    await expect(use()).rejects.toThrow(/must reach one primary/);
  });
});

/** As after a failover: the same list, from another server. */
const ANOTHER_SERVER = `CREATE OR REPLACE FUNCTION sealed_session.v1_home(p_list text) RETURNS text
  LANGUAGE sql STABLE AS $$ SELECT p_list || ':1' $$;`;

describe("what is told again", () => {
  test("a subject's generation ends no login of a list that was begun since", async () => {
    const url = await server().newDatabase();
    const [first, second] = [storeAt(url), storeAt(url)];
    await first.revokeSubject("ada");
    await run(url, "TRUNCATE sealed_session.list, sealed_session.entries, sealed_session.sign_ins");
    const given = await second.issue({ sid: newSid(), subject: "ada" });
    await first.announce(1_000);
    expect((await second.check({ sid: newSid(), subject: "ada" })).generations).toEqual(given);
  });

  test("a subject's generation that a failover lost is told to the same list, also when it is behind the global one", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    await store.revokeAll();
    await run(
      url,
      "CREATE OR REPLACE FUNCTION sealed_session.v1_now() RETURNS bigint LANGUAGE sql AS 'SELECT 1000::bigint'",
    );
    expect(await store.revokeSubject("ada")).toBe(1_000);
    const before = await store.check({ sid: newSid(), subject: "ada" });
    await run(url, `DELETE FROM sealed_session.entries WHERE kind = 'subject'; ${ANOTHER_SERVER}`);
    expect(await store.check({ sid: newSid(), subject: "ada" })).toEqual(before);
  });

  test("the links of more than 16 sign-ins with one old id end no more of them", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const [old, until] = [newSid(), Date.now() + 3_600_000];
    const sids = Array.from({ length: 18 }, newSid);
    for (const sid of sids) await store.issue({ sid, subject: "ada", replaces: [{ sid: old, until, linked: true }] });
    const statuses = async (): Promise<string[]> => Promise.all(sids.map(async (sid) => statusOf(store, sid)));
    const before = await statuses();
    expect(before.filter((status) => status === "live")).toHaveLength(16);
    await run(url, ANOTHER_SERVER);
    expect(await statuses()).toEqual(before);
    const links = "SELECT cardinality(successors) AS links FROM sealed_session.entries WHERE id = ";
    expect(await run(url, `${links}'${old}'`)).toEqual([{ links: 16 }]);
  });
});

describe("what is no loss", () => {
  test.each([
    "DROP FUNCTION sealed_session.v1_check, sealed_session.v1_put, sealed_session.v1_home",
    "DROP TABLE sealed_session.sign_ins",
  ])("%s is mended, and signs nobody out", async (damage) => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const sid = newSid();
    await store.revokeSession(sid);
    const before = await store.stats();
    await run(url, damage);
    expect(await statusOf(store, sid)).toBe("revoked");
    await store.revokeSession(newSid());
    expect(await store.directory?.count()).toBe(0);
    expect(await store.stats()).toEqual({ ...before, sessions: 2 });
  });
});
