import { spawn } from "node:child_process";
import { cpSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RevocationStore } from "sealed-session";
import { postgresStore } from "sealed-session/revocation/postgres";
import postgres from "postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, run } from "../../support/services/postgres.js";
import { newSid, statusOf, storeAt, until, useServer } from "./support/harness.js";

const server = useServer({ fsync: true });
const PROGRAM = fileURLToPath(new URL("support/revoke-and-die.mjs", import.meta.url));
const LATER = 99_999_999_999_999;

/** Starts again with the data of an earlier moment: what a standby does that takes over and lacks the last writes. */
async function goBack(running: PostgresServer, between: () => Promise<void>): Promise<void> {
  const [data, copy] = ["data", "copy"].map((name) => path.join(running.folder, name)) as [string, string];
  await running.kill();
  cpSync(data, copy, { recursive: true });
  await running.start();
  await between();
  await running.kill();
  rmSync(data, { recursive: true });
  renameSync(copy, data);
  running.own(data);
  await running.start();
}

/** A pool's connections that died are found out one by one. */
async function reachable(store: RevocationStore): Promise<void> {
  await until(async () => {
    try {
      await store.stats();
      return true;
    } catch {
      return false;
    }
  }, "the store answers");
}

describe("what was recorded stays so", () => {
  test("when the process is killed right after", async () => {
    const url = await server().newDatabase();
    const [sid, subject] = [newSid(), "ada"];
    const child = spawn(process.execPath, [PROGRAM, url, sid, subject], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const signal = await new Promise((resolve) => child.on("close", (_code, by) => resolve(by)));
    expect(signal).toBe("SIGKILL");
    const facts = await storeAt(url).check({ sid, subject });
    expect([facts.session, facts.generations.subject]).toEqual(["revoked", Number(output)]);
  });

  test("when the server is killed right after, also with synchronous_commit off", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url, {}, { options: "-c synchronous_commit=off" });
    for (let round = 0; round < 3; round++) {
      const [sid, used] = [newSid(), newSid()];
      await store.useOnce(used, LATER);
      await store.revokeSession(sid);
      await server().kill();
      await server().start();
      // A process that remembers nothing.
      const fresh = storeAt(url);
      expect(await statusOf(fresh, sid)).toBe("revoked");
      expect(await fresh.useOnce(used, LATER)).toBe(false);
      await reachable(store);
      expect(await statusOf(store, sid)).toBe("revoked");
    }
  });

  test("a pool that lived through it goes on, and a cursor of before begins again", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const sids = [newSid(), newSid()];
    for (const sid of sids) await store.revokeSession(sid);
    const { cursor } = await store.list();
    expect((await store.list({ after: cursor })).entries).toEqual([]);
    await server().kill();
    await expect(async () => store.check({ sid: newSid() })).rejects.toThrow();
    await server().start();
    await reachable(store);
    expect((await store.list({ after: cursor })).entries.map((entry) => entry.kind === "session" && entry.sid)).toEqual(
      sids,
    );
  });
});

describe("a server that forgot its last writes is told them again", () => {
  test.each(["pg", "postgres"])("before it is believed, over %s", async (client) => {
    const url = await server().newDatabase();
    const sql = postgres(url, { max: 2, onnotice: () => undefined });
    onTestFinished(() => sql.end());
    const store = client === "pg" ? storeAt(url) : postgresStore(sql);
    const session = { sid: newSid(), subject: "bob", until: LATER };
    await store.stats();
    const [revoked, old, next] = [newSid(), newSid(), newSid()];
    const told = { ada: 0, all: 0, cursor: "" };
    const login = { sid: newSid(), generations: { all: 0, subject: 0 } };
    const moved = { sid: newSid(), id: newSid() };
    await goBack(server(), async () => {
      await reachable(store);
      await store.announce(7_200_000);
      await store.revokeSession(revoked, LATER);
      told.all = await store.revokeAll();
      told.ada = await store.revokeSubject("ada");
      login.generations = await store.issue({ sid: login.sid, subject: "ada" });
      await store.revokeKeys(["k1"]);
      await store.useOnce("token", LATER);
      const generations = await store.issue({ ...session, signIn: { id: moved.id, at: 1, until: LATER } });
      await store.regenerate({ ...session, generations, next: moved.sid });
      await store.issue({ sid: next, subject: "bob", replaces: [{ sid: old, until: LATER, linked: true }] });
      told.cursor = (await store.list()).cursor;
    });
    await until(async () => {
      try {
        // The first answer already.
        expect(await statusOf(store, revoked)).toBe("revoked");
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === "AssertionError") throw error;
        return false;
      }
    }, "the store answers");
    const facts = await store.check({ sid: login.sid, subject: "ada", keys: ["k1", "k2"] });
    // At least what they were, and not more: a login of afterwards goes on.
    expect(facts).toEqual({ session: "live", generations: login.generations, revokedKeys: ["k1"] });
    expect(login.generations).toEqual({ all: told.all, subject: told.ada });
    expect([await statusOf(store, session.sid), await statusOf(store, old)]).toEqual(["superseded", "superseded"]);
    expect(await store.useOnce("token", LATER)).toBe(false);
    expect((await store.stats()).retention).toBe(7_200_000);
    expect((await store.list({ after: told.cursor })).entries).toHaveLength(5);
    // The links were told too.
    await storeAt(url).revokeSession(old);
    await store.revokeSession(session.sid);
    expect([await statusOf(store, next), await statusOf(store, moved.sid)]).toEqual(["revoked", "revoked"]);
  });

  test("by each process in any order: the strictest holds", async () => {
    const url = await server().newDatabase();
    const [first, second] = [storeAt(url), storeAt(url)];
    const [old, next] = [newSid(), newSid()];
    await Promise.all([first.stats(), second.stats()]);
    let generations = { all: 0, subject: 0 };
    await goBack(server(), async () => {
      await Promise.all([reachable(first), reachable(second)]);
      await first.revokeAll();
      await first.revokeSubject("ada");
      await first.issue({ sid: next, subject: "ada", replaces: [{ sid: old, until: LATER, linked: true }] });
      const all = await second.revokeAll();
      generations = { all, subject: await second.revokeSubject("ada") };
      await second.revokeSession(old, LATER);
    });
    // What the first one tells is older, and in part known by then.
    await reachable(second);
    await reachable(first);
    const facts = await storeAt(url).check({ sid: next, subject: "ada" });
    expect(facts).toMatchObject({ session: "revoked", generations });
    expect(await statusOf(storeAt(url), old)).toBe("revoked");
  });

  test("and the directory knows the sign-in's new id again", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const [session, next, id] = [{ sid: newSid(), subject: "ada", until: LATER }, newSid(), newSid()];
    const generations = await store.issue({ ...session, signIn: { id, at: 1, until: LATER } });
    await goBack(server(), async () => {
      await reachable(store);
      await store.regenerate({ ...session, generations, next });
    });
    await reachable(store);
    expect((await store.directory?.find(id))?.sid).toBe(next);
    await store.revokeSession(session.sid);
    expect(await store.directory?.find(id)).toBeUndefined();
  });

  test("and a session that it let regenerate meanwhile, for having forgotten, is refused", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    const [session, next] = [{ sid: newSid(), subject: "ada", until: LATER }, newSid()];
    const generations = await store.issue(session);
    await goBack(server(), async () => {
      await reachable(store);
      await store.revokeSession(session.sid);
    });
    await run(url, "SELECT 1");
    let answer: unknown;
    await until(async () => {
      try {
        answer = await store.regenerate({ ...session, generations, next });
        return true;
      } catch {
        return false;
      }
    }, "the store answers");
    expect(answer).toBe("revoked");
    expect(await statusOf(store, next)).not.toBe("superseded");
  });
});
