import type { Revocation, RevocationStore } from "sealed-session";
import { postgresSchema, postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, test } from "vitest";
import { run } from "../../support/services/postgres.js";
import { connectionTo, newSid, poolTo, storeAt, until, useServer } from "./support/harness.js";

const server = useServer();

/** A reader that polls, from cursor to cursor. */
function readerOf(store: RevocationStore) {
  const seen = new Set<string>();
  let cursor: string | undefined;
  const page = async (limit: number): Promise<boolean> => {
    const { entries, ...rest } = await store.list({ after: cursor, limit });
    for (const entry of entries) seen.add(nameOf(entry));
    ({ cursor } = rest);
    return rest.more;
  };
  const poll = async (limit = 2): Promise<void> => {
    while (await page(limit));
  };
  return { page, poll, missing: (names: readonly string[]) => names.filter((name) => !seen.has(name)), seen };
}

function nameOf(entry: Revocation): string {
  return entry.kind === "session" ? entry.sid : entry.kind === "subject" ? entry.subject : entry.id;
}

/** Two revocations, of which the first to begin commits last, and a reader who looks in between. */
async function interleave(url: string, schema: string): Promise<string[]> {
  const store = postgresStore(poolTo(url), { schema });
  const [first, second] = [newSid(), newSid()];
  const { poll, missing } = readerOf(store);
  await poll();
  const slow = await connectionTo(url);
  await slow.query("BEGIN");
  await slow.query(`SELECT ${schema}.v1_revoke_session($1, NULL, 1000)`, [first]);
  let resolved = false;
  const revokeSecond = async (): Promise<void> => {
    await store.revokeSession(second);
    resolved = true;
  };
  const done = revokeSecond();
  // Until it waits for the first one, or has overtaken it.
  await until(async () => resolved || (await waitingForLocks(url)) > 0, "the second one is under way");
  await poll();
  await slow.query("COMMIT");
  await done;
  await poll();
  return missing([first, second]);
}

async function waitingForLocks(url: string): Promise<number> {
  const [row] = await run(
    url,
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return Number(row?.["count"]);
}

describe("the order of changes is that of their commits", () => {
  test("a revocation that began first and committed last is not skipped", async () => {
    const url = await server().newDatabase();
    expect(await interleave(url, "sealed_session")).toEqual([]);
  });

  test("with the numbers of a sequence it would be", async () => {
    const url = await server().newDatabase();
    await run(url, withBareSequence("bare"));
    expect(await interleave(url, "bare")).toHaveLength(1);
  });

  test("whatever many transactions do, commit late or not at all, a reader misses nothing that was committed", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    await store.stats();
    const committed: string[] = [];
    const undone: string[] = [];
    const write = async (writer: number): Promise<void> => {
      const connection = await connectionTo(url);
      for (let i = 0; i < 25; i++) {
        const sid = newSid();
        await connection.query("BEGIN");
        await connection.query("SELECT sealed_session.v1_revoke_session($1, NULL, 1000)", [sid]);
        await connection.query("SELECT pg_sleep($1)", [((i * 7 + writer * 3) % 5) / 1_000]);
        const commits = (i + writer) % 4 > 0;
        await connection.query(commits ? "COMMIT" : "ROLLBACK");
        (commits ? committed : undone).push(sid);
      }
    };
    const { poll, missing, seen } = readerOf(store);
    const state = { writing: true };
    const writers = Promise.all([0, 1, 2, 3].map(write)).finally(() => (state.writing = false));
    while (state.writing) await poll(3);
    await writers;
    await poll(3);
    expect(missing(committed)).toEqual([]);
    expect(undone.filter((sid) => seen.has(sid))).toEqual([]);
    expect([committed.length, undone.length]).toEqual([75, 25]);
  });

  test("50,000 entries are listed page by page while others are written, and none is missed", async () => {
    const url = await server().newDatabase();
    const [store, writer] = [storeAt(url), storeAt(url)];
    await store.stats();
    await run(
      url,
      `WITH l AS (UPDATE sealed_session.list SET seq = seq + 50000 RETURNING seq)
      INSERT INTO sealed_session.entries (kind, id, revoked, successors, since, until, seq)
      SELECT 'session', 'made-' || i, true, '{}', 1, 99999999999999, l.seq - 50000 + i FROM l, generate_series(1, 50000) i`,
    );
    const written: string[] = [];
    const write = async (): Promise<void> => {
      // A new one, and one of the many again, which so moves to the end.
      const [sid, made] = [newSid(), `made-${written.length * 37 + 1}`];
      await writer.revokeSession(sid);
      await run(
        url,
        `UPDATE sealed_session.entries SET seq = sealed_session.v1_next() WHERE kind = 'session' AND id = '${made}'`,
      );
      written.push(sid);
    };
    const { page, missing } = readerOf(store);
    for (let more = true; more;) [more] = await Promise.all([page(500), write()]);
    while (await page(500));
    expect(written.length).toBeGreaterThanOrEqual(100);
    expect(missing([...written, ...Array.from({ length: 50_000 }, (_, i) => `made-${i + 1}`)])).toEqual([]);
  }, 120_000);
});

/** The schema as it would be if changes took their numbers from a sequence, and so did not wait for each other. */
function withBareSequence(schema: string): string {
  const s = `"${schema}"`;
  const text = postgresSchema(schema)
    .replace(`UPDATE ${s}.list SET seq = seq + 1 RETURNING seq INTO v_seq;`, `v_seq := nextval('${s}.numbers');`)
    .replace(`PERFORM 1 FROM ${s}.list FOR UPDATE;`, "")
    .replaceAll("l.seq", `(SELECT last_value FROM ${s}.numbers)`);
  return `CREATE SCHEMA ${s}; CREATE SEQUENCE ${s}.numbers; ${text}`;
}
