import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import postgres from "postgres";
import { ConfigurationError } from "sealed-session";
import { postgresSchema, postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { run, serverIn } from "../../support/services/postgres.js";
import { connectionTo, newSid, poolTo, statusOf, storeAt, useServer } from "./support/harness.js";

const server = useServer();
const LATER = 99_999_999_999_999;

async function rejection(promise: unknown): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It resolved");
}

describe("durability", () => {
  test.each(["off", "local"])("synchronous_commit = %s is overridden where something is revoked", async (setting) => {
    const url = await server().newDatabase();
    const client = await connectionTo(url, { options: `-c synchronous_commit=${setting}` });
    const store = postgresStore(client);
    await store.stats();
    const during = async (work: () => unknown): Promise<unknown> => {
      await client.query("BEGIN");
      await work();
      const { rows } = await client.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
      await client.query("COMMIT");
      return rows[0]?.synchronous_commit;
    };
    const generations = await store.issue({ sid: "a" });
    const writes: Record<string, () => unknown> = {
      revokeSession: async () => store.revokeSession(newSid()),
      revokeSubject: async () => store.revokeSubject("ada"),
      revokeAll: async () => store.revokeAll(),
      revokeKeys: async () => store.revokeKeys(["k1"]),
      useOnce: async () => store.useOnce("token", LATER),
      announce: async () => store.announce(1_000),
      issue: async () => store.issue({ sid: newSid(), replaces: [{ sid: newSid(), until: LATER, linked: false }] }),
      regenerate: async () => store.regenerate({ sid: newSid(), next: newSid(), generations, until: LATER }),
    };
    for (const [name, write] of Object.entries(writes)) expect([name, await during(write)]).toEqual([name, "on"]);
    expect(await during(async () => store.check({ sid: "a" }))).toBe(setting);
  });

  test("a standby is refused, for its list may be behind", async () => {
    const url = await server().newDatabase();
    await storeAt(url).revokeSession("a");
    await server().kill();
    const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-standby-"));
    cpSync(path.join(server().folder, "data"), path.join(folder, "data"), { recursive: true });
    writeFileSync(path.join(folder, "data", "standby.signal"), "");
    server().own(folder);
    await server().start();
    const standby = await serverIn(folder);
    onTestFinished(() => standby.remove());
    const store = storeAt(standby.url(path.basename(url)));
    for (const ask of [
      async () => store.check({ sid: "a" }),
      async () => store.list(),
      async () => store.issue({ sid: "b" }),
      async () => store.stats(),
      async () => store.directory?.count(),
    ]) {
      expect((await rejection(ask())).message).toMatch(/standby.*connect to the primary/);
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("rights", () => {
  test("a role that may not create the schema is told what to do, and that helps", async () => {
    const url = await server().newDatabase();
    await run(url, "CREATE ROLE app LOGIN");
    onTestFinished(async () => void (await run(url, "DROP OWNED BY app; DROP ROLE app")));
    const store = storeAt(server().url(path.basename(url), "app"));
    const told = await rejection(store.check({ sid: "a" }));
    expect(told).toBeInstanceOf(ConfigurationError);
    expect(told.message).toMatch(/may not create the schema "sealed_session"; grant it CREATE .* postgresSchema/);

    await run(url, postgresSchema());
    const still = await rejection(store.check({ sid: "a" }));
    expect(still).toBeInstanceOf(ConfigurationError);
    expect(still.message).toMatch(/may not use the schema "sealed_session"; grant it USAGE/);

    await run(url, "GRANT USAGE ON SCHEMA sealed_session TO app");
    expect((await rejection(store.check({ sid: "a" }))).message).toMatch(/SELECT, INSERT, UPDATE, DELETE/);
    await run(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sealed_session TO app");
    await store.revokeSession("a");
    expect(await statusOf(store, "a")).toBe("revoked");
  });

  test("a role that owns the schema, but may create no other, can bring it up", async () => {
    const url = await server().newDatabase();
    await run(url, "CREATE ROLE owner LOGIN; CREATE SCHEMA mine AUTHORIZATION owner");
    onTestFinished(async () => void (await run(url, "DROP OWNED BY owner CASCADE; DROP ROLE owner")));
    const store = storeAt(server().url(path.basename(url), "owner"), { schema: "mine" });
    await store.revokeSession("a");
    expect(await statusOf(store, "a")).toBe("revoked");
  });

  test("with migrate: false nothing is created, and the error says how to get the SQL", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url, { schema: "mine", migrate: false });
    const told = await rejection(store.check({ sid: "a" }));
    expect(told).toBeInstanceOf(ConfigurationError);
    expect(told.message).toMatch(/run the SQL that postgresSchema\("mine"\)/);
    expect(await run(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'mine'")).toEqual([]);
    await run(url, postgresSchema("mine"));
    expect(await statusOf(store, "a")).toBe("live");
  });
});

describe("the schema", () => {
  test("its SQL may be run again at any time, and changes nothing", async () => {
    const url = await server().newDatabase();
    const store = storeAt(url);
    await store.revokeSession("a");
    const before = await store.stats();
    await run(url, postgresSchema());
    await run(url, postgresSchema());
    expect(await store.stats()).toEqual(before);
  });

  test("an older release's functions work beside these, on the same list", async () => {
    const url = await server().newDatabase();
    // As the one before would have left it: its functions, and no others.
    await run(url, postgresSchema().replaceAll(".v1_", ".v0_"));
    await run(url, "SELECT sealed_session.v0_revoke_session('old', NULL, 1000)");
    const before = await run(url, "SELECT id FROM sealed_session.list");
    const store = storeAt(url);
    expect(await statusOf(store, "old")).toBe("revoked");
    await store.revokeSession("new");
    const [row] = await run(url, "SELECT sealed_session.v0_check('new', NULL, NULL)::json->'revoked' AS revoked");
    expect(row).toEqual({ revoked: true });
    expect(await run(url, "SELECT id FROM sealed_session.list")).toEqual(before);
    expect((await store.list()).entries).toHaveLength(2);
  });

  test("the text of version 1 does not change any more: a change needs a new version in src/…/sql/functions.ts", () => {
    const text = postgresSchema().replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ");
    expect(createHash("sha256").update(text).digest("hex").slice(0, 16)).toBe("4a5baf72990a8364");
  });

  test("two schemas are two lists", async () => {
    const url = await server().newDatabase();
    const [a, b] = [storeAt(url, { schema: "a" }), storeAt(url, { schema: "b" })];
    await a.revokeSession("x");
    expect([await statusOf(a, "x"), await statusOf(b, "x")]).toEqual(["revoked", "live"]);
  });
});

describe("text and numbers", () => {
  // More than an index takes, and not to be compressed.
  const LONG = Array.from({ length: 200 }, newSid).join("");
  const TEXTS = ["a\0b", "\ud800", "\udc00x", "\\u0000", "\\", "'; --", "子", LONG, "\u2028", "é".repeat(600)];

  test.each(["UTF8", "SQL_ASCII", "LATIN1"])(
    "any text comes back as it was, from a database in %s",
    async (encoding) => {
      const name = `in_${encoding.toLowerCase()}`;
      await run(server().url(), `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}'`);
      const store = storeAt(server().url(name));
      for (const [i, text] of TEXTS.entries()) {
        const signIn = { id: newSid(), at: i, until: LATER, label: text };
        await store.issue({ sid: newSid(), subject: text, signIn });
        expect(await store.directory?.list({ subject: text })).toMatchObject({
          signIns: [{ subject: text, label: text }],
        });
        expect((await store.check({ sid: text, subject: text })).generations.subject).toBe(0);
        const generation = await store.revokeSubject(text);
        await store.revokeSession(text);
        await store.revokeKeys([text]);
        expect(await store.useOnce(text, LATER)).toBe(true);
        expect(await store.useOnce(text, LATER)).toBe(false);
        const facts = await store.check({ sid: text, subject: text, keys: ["k", text] });
        expect(facts).toMatchObject({ session: "revoked", generations: { subject: generation }, revokedKeys: [text] });
      }
      const { entries } = await store.list();
      expect(entries.flatMap((entry) => (entry.kind === "subject" ? [entry.subject] : []))).toEqual(TEXTS);
      expect(entries.flatMap((entry) => (entry.kind === "session" ? [entry.sid] : []))).toEqual(TEXTS);
      expect(entries.flatMap((entry) => (entry.kind === "key" ? [entry.id] : []))).toEqual(TEXTS);
    },
  );

  test("what an application has told its client to make of types changes nothing", async () => {
    const url = await server().newDatabase();
    const upper: pg.CustomTypesConfig = { getTypeParser: (oid: number) => (oid === 25 ? String : BigInt) };
    const sql = postgres(url, {
      types: { bigint: postgres.BigInt },
      transform: postgres.camel,
      fetch_types: false,
      prepare: false,
      onnotice: () => undefined,
    });
    onTestFinished(() => sql.end());
    for (const store of [postgresStore(poolTo(url, { types: upper })), postgresStore(sql)]) {
      const generation = await store.revokeSubject("ada");
      await store.revokeSession("a", LATER + 0.5);
      await store.revokeSession("b", Number.POSITIVE_INFINITY);
      const facts = await store.check({ sid: "a", subject: "ada" });
      expect(facts).toMatchObject({ session: "revoked", generations: { subject: generation } });
      expect((await store.list()).entries).toContainEqual(expect.objectContaining({ subject: "ada", generation }));
    }
  });
});
