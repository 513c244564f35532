import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { ConfigurationError } from "sealed-session";
import { postgresSchema, postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../support/services/postgres.js";
import { statusOf, until, useServer } from "./support/harness.js";

const server = useServer();
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** An application with the package built as it is, and of its clients only these. Runs a program in it. */
function applicationWith(clients: readonly string[]): (program: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-application-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, "sealed-session"), { recursive: true });
  for (const name of ["dist", "package.json"]) {
    cpSync(path.join(ROOT, name), path.join(modules, "sealed-session", name), { recursive: true });
  }
  for (const client of clients) symlinkSync(path.join(ROOT, "node_modules", client), path.join(modules, client));
  return (program) => {
    const file = path.join(folder, "program.mjs");
    writeFileSync(file, `import { postgresStore } from "sealed-session/revocation/postgres";\n${program}`);
    return execFileSync(process.execPath, [file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  };
}

describe("what is handed in", () => {
  test.each([[undefined], [null], [{}], [42], [() => undefined]])("%s is no client", (client) => {
    expect(() => postgresStore(client as never)).toThrow(ConfigurationError);
  });

  test("a URL of another kind is refused, and not shown", () => {
    const attempt = (): unknown => postgresStore("mysql://root:hunter2@localhost/db");
    expect(attempt).toThrow(/must begin with postgres:/);
    expect(attempt).not.toThrow(/hunter2/);
  });

  test.each<[object, RegExp]>([
    [{ schema: "public" }, /schema: "public" cannot be used/],
    [{ schema: "pg_mine" }, /cannot be used/],
    [{ schema: 'a"; DROP TABLE users; --' }, /cannot be used/],
    [{ schema: "Mine" }, /small letters/],
    [{ schema: "x".repeat(64) }, /cannot be used/],
    [{ schema: 7 }, /cannot be used/],
    [{ skew: "5 minutes" }, /skew: .* is not a duration/],
    [{ migrate: "yes" }, /migrate must be true or false/],
    [{ schemas: "a" }, /no option "schemas"; did you mean schema/],
  ])("the options %o are refused", (options, message) => {
    const attempt = (): unknown => postgresStore("postgres://localhost/none", options);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(message);
  });

  test("postgresSchema refuses a name as the store does", () => {
    expect(() => postgresSchema('a"b')).toThrow(ConfigurationError);
    expect(postgresSchema("mine")).toContain('CREATE SCHEMA "mine"');
  });

  test("a service that is down is no reason to throw at the start, and passes its own error on", async () => {
    const store = postgresStore("postgres://nobody@127.0.0.1:9/none");
    onTestFinished(async () => store.close());
    await expect(async () => store.check({ sid: "a" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a Client of pg", () => {
  test("that nobody has connected is refused at the first use, and good once it is being connected", async () => {
    const client = new pg.Client({ connectionString: await server().newDatabase() });
    onTestFinished(() => client.end());
    const store = postgresStore(client);
    const refused = store.check({ sid: "a" });
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow(/call `await client.connect\(\)`/);
    const connected = client.connect();
    expect(await statusOf(store, "a")).toBe("live");
    await connected;
    expect(await statusOf(store, "a")).toBe("live");
  });

  test("that could not be connected is refused, and one that has ended fails with its own error", async () => {
    const down = new pg.Client({ connectionString: "postgres://nobody@127.0.0.1:9/none" });
    await expect(down.connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(postgresStore(down).check({ sid: "a" })).rejects.toThrow(/is not connected/);
    const ended = new pg.Client({ connectionString: await server().newDatabase() });
    await ended.connect();
    await ended.end();
    await expect(postgresStore(ended).check({ sid: "a" })).rejects.toThrow(/closed/);
  });
});

describe("a URL", () => {
  const use = (url: string): string => `
    const store = postgresStore(${JSON.stringify(url)});
    try {
      await store.revokeSession("a");
      console.log((await store.check({ sid: "a" })).session);
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }
    await store.close();
    await store.close();`;

  test.each([["pg"], ["postgres"]])("is opened with %s where that is what is installed, and closed", async (client) => {
    const url = await server().newDatabase();
    expect(applicationWith([client])(use(url))).toBe("revoked");
    await until(async () => (await connections(url)) === 0, "it has closed");
  });

  test.each([["pg"], ["postgres"]])("that %s cannot read is refused, and neither shown nor passed on", (client) => {
    const said = applicationWith([client])(`
      import { inspect } from "node:util";
      const store = postgresStore("postgres://app:hunter2/x@127.0.0.1:9/db");
      await store.check({ sid: "a" }).catch((error) => console.log(inspect(error, { depth: 9, showHidden: true })));`);
    expect(said).toMatch(/^ConfigurationError: .*is no valid URL; percent-encode the password/);
    expect(said).not.toMatch(/hunter2|cause/);
  });

  test("of several hosts is left to postgres, which takes it", async () => {
    const url = await server().newDatabase();
    const host = new URL(url).host;
    expect(applicationWith(["postgres"])(use(url.replace(host, `127.0.0.1:9,${host}`)))).toBe("revoked");
  });

  test("says what to install where there is no client", () => {
    const said = applicationWith([])(use("postgres://app:hunter2@localhost/db"));
    expect(said).toMatch(/^ConfigurationError: .*install pg, or postgres/);
    expect(said).not.toContain("hunter2");
  });
});

describe("close", () => {
  test("leaves a pool open that was handed in", async () => {
    const url = await server().newDatabase();
    const pool = new pg.Pool({ connectionString: url });
    const store = postgresStore(pool);
    await store.revokeSession("a");
    await store.close();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(await statusOf(store, "a")).toBe("revoked");
    await pool.end();
  });

  test("ends what was opened for a URL, which is not opened again", async () => {
    const url = await server().newDatabase();
    const store = postgresStore(url);
    await store.watch?.(() => undefined);
    await store.revokeSession("a");
    expect(await connections(url)).toBeGreaterThan(0);
    await store.close();
    await until(async () => (await connections(url)) === 0, "it has closed");
    await expect(async () => store.check({ sid: "a" })).rejects.toThrow(/the store is closed/);
  });
});

async function connections(url: string): Promise<number> {
  const text =
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  return Number((await run(url, text))[0]?.["count"]);
}
