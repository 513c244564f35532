import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { emptyShell, place } from "./place.js";

const COMMANDS = [
  "revocations list",
  "revocations stats",
  "revocations prune",
  "sessions list",
  "sessions count",
  "revoke user ada",
  "revoke all --yes",
  "revoke session -",
];

const run = (store: string, command = "revocations stats", cwd = emptyShell()) =>
  cwd.pipe(`sealed-session ${command}`, { env: { SESSION_STORE: store }, input: "AAAAAAAAAAAAAAAAAAAAAA" });

test.each(COMMANDS)("%s without a store says how to name one", (command) => {
  const { code, out, err } = run(command.length % 2 === 0 ? "" : " ", command);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("No store is named");
  expect(err).toContain("SESSION_STORE, in the environment, .env.local or .env, or give --store");
});

describe("SESSION_STORE in an environment file", () => {
  async function withFiles(files: Record<string, string>) {
    const it = await place();
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(it.shell.cwd, name), text);
    return (options = "", env: Record<string, string> = {}) =>
      it.run(`revocations stats ${options}`, { env: { SESSION_STORE: "", ...env } });
  }

  test.each([".env", ".env.local"])("is taken from %s, and it says so", async (name) => {
    const { code, out, err } = (await withFiles({ [name]: 'SESSION_STORE="sqlite:sessions.db"\n' }))();
    expect(code, err).toBe(0);
    expect(out).toContain("Store     sessions.db");
    expect(err).toBe(`Store sessions.db: SESSION_STORE in ${name}.\n`);
  });

  test(".env.local comes before .env, the environment before both, --store before all", async () => {
    const run = await withFiles({ ".env": "SESSION_STORE=sqlite:c.db", ".env.local": "SESSION_STORE=sqlite:b.db" });
    expect(run().err).toContain("There is no file b.db");
    expect(run("", { SESSION_STORE: "sqlite:a.db" }).err).toContain("There is no file a.db");
    expect(run("--store sqlite:sessions.db", { SESSION_STORE: "sqlite:a.db" })).toMatchObject({ code: 0, err: "" });
    expect(run("--store ''", { SESSION_STORE: "sqlite:a.db" }).err).toContain("No store is named");
  });

  test("is told where it came from when it is wrong, without its password", async () => {
    const { code, err } = (await withFiles({ ".env": "SESSION_STORE=mysql://app:hunter2@h/db" }))();
    expect(code).toBe(2);
    expect(err).not.toContain("hunter2");
  });
});

test("--store comes before SESSION_STORE", async () => {
  const it = await place();
  const { code, out } = it.run("revocations stats --store sqlite:sessions.db", { env: { SESSION_STORE: "nonsense:" } });
  expect(code).toBe(0);
  expect(out).toContain("Store     sessions.db");
});

test.each([
  "mysql://127.0.0.1/db",
  "sessions",
  "sqlite",
  "sqlite:",
  "sqlite::memory:",
  "sqlite://sessions.db",
  "sqlite://",
  "redis:localhost",
  "redis://",
  "redis://user:p#w@127.0.0.1",
  "redis://127.0.0.1?prefx=app",
  "redis://127.0.0.1?prefix=",
  "redis://127.0.0.1?prefix=%7Ba%7D",
  "postgres://127.0.0.1/db?shema=app",
  "postgres:db",
  "file:sessions.db",
])("the address %s is not understood", (store) => {
  const { code, out, err } = run(store);
  expect(code, err).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^Error: .+\n/);
  expect(err).not.toMatch(/\n {4}at /);
});

test("a bare path of a file is told how to be written", () => {
  expect(run("./data/sessions.db").err).toContain("For a file write sqlite:./data/sessions.db");
});

describe("an SQLite file", () => {
  test("is named from the folder where the command runs, or whole", async () => {
    const it = await place();
    const whole = path.join(it.shell.cwd, "sessions.db");
    for (const address of ["sqlite:sessions.db", "sqlite:./sessions.db", `sqlite:${whole}`, `sqlite://${whole}`]) {
      const { code, out, err } = it.run("revocations stats", { env: { SESSION_STORE: address } });
      expect(code, err).toBe(0);
      expect(out).toContain(`Store     ${address.replace(/^sqlite:(?:\/\/)?/, "")}\n`);
    }
  });

  test.each(COMMANDS)("that is not there is made by no command: %s", (command) => {
    const shell = emptyShell();
    const { code, err } = run("sqlite:sesions.db", command, shell);
    expect(code).toBe(6);
    expect(err).toContain("There is no file sesions.db");
    expect(readdirSync(shell.cwd)).toEqual([]);
  });

  test.each(COMMANDS)("of another application gets no tables: %s", async (command) => {
    const shell = emptyShell();
    const file = path.join(shell.cwd, "other.db");
    writeFileSync(file, "");
    const { code, err } = run("sqlite:other.db", command, shell);
    expect(code).toBe(6);
    expect(err).toContain("There is no revocation list at other.db");
    expect(readdirSync(shell.cwd)).toEqual(["other.db"]);
    expect(existsSync(file)).toBe(true);
  });

  test("that is none is told from one that is damaged in no way that matters", () => {
    const shell = emptyShell();
    writeFileSync(path.join(shell.cwd, "text.db"), "x".repeat(5_000));
    mkdirSync(path.join(shell.cwd, "folder.db"));
    expect(run("sqlite:text.db", "revocations stats", shell)).toMatchObject({ code: 3, out: "" });
    expect(run("sqlite:folder.db", "revocations stats", shell)).toMatchObject({ code: 4, out: "" });
    expect(run("sqlite:text.db/x", "revocations stats", shell)).toMatchObject({ out: "" });
  });
});

describe("a password", () => {
  const PASSWORD = "hunter2hunter2";
  const ADDRESSES = [
    `redis://app:${PASSWORD}@127.0.0.1:1/0?prefix=a`,
    `rediss://app:${PASSWORD}@127.0.0.1:1`,
    `postgres://app:${PASSWORD}@127.0.0.1:1/db`,
    `postgres://app:${PASSWORD}@127.0.0.1:99999/db`,
    `redis://app:${PASSWORD}@127.0.0.1:1?prefx=a`,
    `mysql://app:${PASSWORD}@127.0.0.1/db`,
    `redis:${PASSWORD}@127.0.0.1`,
    `sqlite://${PASSWORD}`,
  ];

  test.each(ADDRESSES)("is in no output: %s", (store) => {
    const shell = emptyShell();
    for (const line of [
      'revocations stats --store "$STORE"',
      'revoke user ada --json --stroe="$STORE"',
      'sessions list --json "$STORE"',
      'revocations "$STORE"',
    ]) {
      const { code, out, err } = shell.pipe(`sealed-session ${line}`, { env: { STORE: store } });
      expect(code).not.toBe(0);
      expect(out + err, line).not.toContain(PASSWORD);
      expect(err).not.toMatch(/\n {4}at /);
    }
  });

  test("in the wrong place is not repeated, however short the address is", () => {
    const { code, err } = emptyShell().pipe("sealed-session revocations redis://:s3cret@h");
    expect(code).toBe(2);
    expect(err).not.toContain("s3cret");
  });

  test("on the command line is warned of once, in the environment not", () => {
    const shell = emptyShell();
    const env = { STORE: ADDRESSES[0] as string };
    const { err } = shell.pipe('sealed-session revocations stats --store "$STORE"', { env });
    expect(err.match(/Warning: The password in --store shows in the process list/g)).toHaveLength(1);
    expect(err).toContain("SESSION_STORE");
    expect(run(ADDRESSES[0] as string).err).not.toContain("Warning");
    expect(shell.pipe("sealed-session revocations stats --store redis://127.0.0.1:1").err).not.toContain("Warning");
  });
});

describe("a store that does not answer", () => {
  /** Takes connections and says nothing. */
  async function silence(): Promise<number> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  test.each(["redis", "rediss", "postgres"])("is given up after --timeout: %s", async (scheme) => {
    const port = await silence();
    const { code, out, err } = run(`${scheme}://127.0.0.1:${port}/0`, "revocations stats --timeout 300ms --json");
    expect(code, err).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "unavailable" } });
    expect(err).toMatch(/did not answer within 300ms|cannot be reached/);
  });

  test.each(["redis://127.0.0.1:1", "rediss://127.0.0.1:1", "postgres://127.0.0.1:1/db", "redis://host.invalid"])(
    "or is not there: %s",
    (store) => {
      const { code, err } = run(store, "revoke user ada");
      expect(code, err).toBe(7);
      expect(err).toMatch(/cannot be reached \(ECONNREFUSED\)|its host is not known/);
    },
  );
});
