import path from "node:path";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import { hasTerminal } from "../support/pty.js";
import { emptyShell, HOUR, MINUTE, place, sidOf, signIn } from "./place.js";

describe("what is revoked on the command line is over in the application", () => {
  async function application() {
    const shell = emptyShell();
    const revocation = sqliteStore(path.join(shell.cwd, "sessions.db"));
    onTestFinished(() => revocation.close());
    const { sessions } = testManager({ clock: Date.now, revocation });
    const login = async (subject: string) => {
      const browser = new Browser();
      let id = "";
      await play(sessions, browser, async (session) => {
        await session.login(subject);
        ({ id } = session);
      });
      const seen = async () => (await play(sessions, browser, ({ rejection, subject }) => rejection ?? subject)).result;
      return { id, seen };
    };
    const run = (command: string, input = "") =>
      shell.pipe(`sealed-session ${command} --store sqlite:sessions.db`, {
        env: { CLOCK_AT: String(Date.now()) },
        input,
      });
    return { login, run };
  }

  test("one session, by its id from stdin", async () => {
    const { login, run } = await application();
    const [one, other] = [await login("ada"), await login("ada")];
    const { code, out, err } = run("revoke session -", `${one.id}\n`);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toContain(`Recorded: session ${one.id.slice(0, 6)}… is revoked since `);
    expect(err).toContain("replicas follow within their maxStaleness");
    expect(err).not.toContain("process list");
    expect(err).not.toContain(one.id);
    expect([await one.seen(), await other.seen()]).toEqual(["revoked", "ada"]);
  });

  test("all of a user's, and nobody else's; signing in again works at once", async () => {
    const { login, run } = await application();
    const [one, other, bob] = [await login("ada"), await login("ada"), await login("bob")];
    expect(run("revoke user ada").code).toBe(0);
    expect([await one.seen(), await other.seen(), await bob.seen()]).toEqual(["revoked", "revoked", "bob"]);
    expect(await (await login("ada")).seen()).toBe("ada");
  });

  test("everybody's", async () => {
    const { login, run } = await application();
    const [ada, bob] = [await login("ada"), await login("bob")];
    expect(run("revoke all --yes").code).toBe(0);
    expect([await ada.seen(), await bob.seen()]).toEqual(["revoked", "revoked"]);
  });
});

test("--json tells what was recorded, with masked ids", async () => {
  const it = await place();
  await signIn(it, 1, "ada", "Firefox");
  const now = new Date(it.shell.now).toISOString();
  const recorded = (command: string) => JSON.parse(it.run(command).out) as Record<string, unknown>;
  expect(recorded(`revoke session ${sidOf(9)} --json`)).toEqual({
    revoked: "session",
    session: `${sidOf(9).slice(0, 6)}…`,
    was: "live",
    since: now,
    notes: [expect.stringContaining("process list")],
  });
  expect(recorded("revoke user ada --json")).toEqual({
    revoked: "user",
    user: "ada",
    signIns: 1,
    generation: it.shell.now,
    since: now,
    notes: ["The directory had one sign-in."],
  });
  expect(recorded("revoke all --yes --json")).toMatchObject({ revoked: "all", since: expect.any(String) });
});

test("a sign-in of the directory is ended by its own id, and one that is over is not found", async () => {
  const it = await place();
  await signIn(it, 1, "ada", "Firefox");
  await signIn(it, 2, "ada", "Phone");
  const { code, err } = it.run(`revoke session --sign-in ${sidOf(1_001)}`);
  expect(code).toBe(0);
  expect(err).toContain(`Recorded: session ${sidOf(1).slice(0, 6)}… (sign-in ${sidOf(1_001)}) is revoked`);
  expect(await it.store.check({ sid: sidOf(1) })).toMatchObject({ session: "revoked" });
  expect(await it.store.check({ sid: sidOf(2) })).toMatchObject({ session: "live" });
  const again = it.run(`revoke session --sign-in ${sidOf(1_001)}`);
  expect(again.code).toBe(6);
  expect(again.err).toContain("The directory has no such sign-in");
});

test("an id that was replaced ends what took its place, and it says so", async () => {
  const it = await place();
  await it.store.issue({ sid: sidOf(2), replaces: [{ sid: sidOf(1), until: it.shell.now + HOUR, linked: true }] });
  expect(it.run("revoke session -", { input: sidOf(1) }).err).toContain("A newer id had taken its place");
  expect(await it.store.check({ sid: sidOf(2) })).toMatchObject({ session: "revoked" });
  expect(it.run("revoke session -", { input: sidOf(1) }).err).toContain("It was revoked before.");
});

test("--dry-run changes nothing", async () => {
  const it = await place();
  await signIn(it, 1, "ada");
  const before = await it.store.stats();
  for (const what of [`session --sign-in ${sidOf(1_001)}`, "user ada", "all"]) {
    const { code, err, out } = it.run(`revoke ${what} --dry-run`);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toMatch(/^Dry run: nothing is changed. Otherwise:\n.* would be revoked.\n/);
    expect(JSON.parse(it.run(`revoke ${what} --dry-run --json`).out)).toMatchObject({ dryRun: true });
  }
  expect(await it.store.stats()).toEqual(before);
  expect(await it.store.check({ sid: sidOf(1), subject: "ada" })).toMatchObject({
    session: "live",
    generations: { all: before.all, subject: 0 },
  });
});

test("an entry without a deadline lives as long as the longest session", async () => {
  const it = await place(12 * HOUR);
  it.run("revoke session -", { input: sidOf(1) });
  it.shell.now += 12 * HOUR + 4 * MINUTE;
  await it.store.prune();
  expect(await it.store.check({ sid: sidOf(1) })).toMatchObject({ session: "revoked" });
});

describe("wrong input", () => {
  test.each([
    ["revoke session abc", "That is no session id"],
    [`revoke session ${"A".repeat(23)}`, "That is no session id"],
    [`revoke session ${"A".repeat(21)}B`, "That is no session id"],
    ["revoke session -", "There is nothing to read"],
    ["revoke session --sign-in nonsense", "--sign-in: not a sign-in's id"],
    [`revoke session ${sidOf(1)} --sign-in ${sidOf(2)}`, "not both"],
    ["revoke user ''", "That is no user's id"],
    [`revoke user ${"x".repeat(257)}`, "That is no user's id"],
    ["revoke user", "Missing required argument"],
    ["revoke user ada bob", "Too many arguments"],
    ["revoke everything", "Unknown command"],
    ["revoke al", "did you mean all?"],
    ["revoke user ada --dry-rum", "did you mean --dry-run?"],
    ["revoke all now --yes", "Too many arguments"],
  ])("%s", async (command, words) => {
    const it = await place();
    const before = await it.store.stats();
    const { code, err, out } = it.run(command);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(words);
    expect(err).not.toMatch(/\n {4}at /);
    expect(await it.store.stats()).toEqual(before);
  });

  test("a session id in the wrong place is not repeated", async () => {
    const it = await place();
    const sid = sidOf(7);
    for (const command of [
      `revoke ${sid}`,
      `revoke session ${sid}x`,
      `revoke session ${sid} more`,
      `revocations ${sid}`,
    ]) {
      const { code, out, err } = it.run(command);
      expect(code).toBe(2);
      expect(out + err).not.toContain(sid);
    }
  });
});

test.each(["-V", "--", "-h", "-f", "--json-"])("an id may begin with %s", async (start) => {
  const it = await place();
  const sid = `${start}${"a".repeat(21 - start.length)}A`;
  for (const command of [`revoke session ${sid}`, `revoke session --json ${sid}`, `revoke session -- ${sid}`]) {
    const { code, out, err } = it.run(command);
    expect(code, err).toBe(0);
    expect(out + err).toContain(`${sid.slice(0, 6)}…`);
  }
  expect(await it.store.check({ sid })).toMatchObject({ session: "revoked" });
  await it.store.issue({
    sid: sidOf(1),
    subject: "ada",
    signIn: { id: sid, at: it.shell.now, until: it.shell.now + HOUR },
  });
  expect(it.run(`revoke session --sign-in ${sid}`).code).toBe(0);
  expect(await it.store.check({ sid: sidOf(1) })).toMatchObject({ session: "revoked" });
});

describe("revoke all asks", () => {
  test("and is refused where nobody is there to answer", async () => {
    const it = await place();
    const before = await it.store.stats();
    const { code, err } = it.run("revoke all");
    expect(code).toBe(4);
    expect(err).toContain("there is no terminal to ask on");
    expect(err).toContain("If it is meant: --yes");
    expect(await it.store.stats()).toEqual(before);
  });

  test.skipIf(!hasTerminal && !process.env["CI"])("on a terminal, where only yes goes on", async () => {
    const it = await place();
    const before = await it.store.stats();
    const env = { SESSION_STORE: "sqlite:sessions.db" };
    for (const answer of ["no\n", "y\n", "\n", "\x03", "\x04"]) {
      const refused = await it.shell.terminal("sealed-session revoke all", { env, answer: ["to go on", answer] });
      expect(refused.code).toBe(4);
      expect(refused.out).toContain("Nothing was changed");
    }
    expect(await it.store.stats()).toEqual(before);
    const done = await it.shell.terminal("sealed-session revoke all", { env, answer: ["to go on", "yes\n"] });
    expect(done.code).toBe(0);
    expect(done.out).toContain("Recorded: every session is revoked");
    expect((await it.store.stats()).all).toBeGreaterThan(before.all);
  });

  test.skipIf(!hasTerminal && !process.env["CI"])("an id is asked for, and not shown as it is pasted", async () => {
    const it = await place();
    const pasted = await it.shell.terminal("sealed-session revoke session", {
      env: { SESSION_STORE: "sqlite:sessions.db" },
      answer: ["press Enter", `${sidOf(3)}\n`],
    });
    expect(pasted.code).toBe(0);
    expect(pasted.out).not.toContain(sidOf(3));
    expect(await it.store.check({ sid: sidOf(3) })).toMatchObject({ session: "revoked" });
  });
});
