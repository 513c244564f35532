import { cpSync, renameSync, symlinkSync } from "node:fs";
import nodePath from "node:path";
import { pathToFileURL } from "node:url";
import { createSealer, type SessionManager } from "sealed-session";
import type { keyringFile } from "sealed-session/keyring/file";
import { expect, test, vi } from "vitest";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import {
  eventually,
  application,
  cli,
  followed,
  ringDocument,
  ROOT,
  temporaryFolder,
  watchOpens,
  writeRing,
} from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

/** An application whose ring the command line made. Its clock can be put forward. */
async function rotated() {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  const policy = ["--absolute-timeout", "12h", "--propagation", "1m", "--skew", "1s"];
  expect(await cli(["init", "--file", path, ...policy])).toMatchObject({ code: 0, out: "" });
  let ahead = 0;
  const clock = (): number => Date.now() + ahead;
  const { ring, errors, revisions } = followed(path);
  const { sessions } = testManager({ keyring: ring, clock, absoluteTimeout: "12h" });
  const run = async (...args: string[]): Promise<void> =>
    expect(await cli([...args, "--file", path])).toMatchObject({ code: 0 });
  return { path, sessions, errors, revisions, run, clock, advance: (ms: number) => (ahead += ms) };
}

const signIn = async (sessions: SessionManager): Promise<Browser> => {
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  return browser;
};

test("what the command line changes is in use without a restart: staged, active, revoked", async () => {
  const { sessions, errors, revisions, run, advance, path, clock } = await rotated();
  const before = await signIn(sessions);
  const [first] = await sessions.keys();
  await run("rotate");
  await eventually(() => revisions).toEqual([2]);
  const [second] = await sessions.keys();
  expect([first?.state, second?.state]).toEqual(["active", "pending"]);

  // A server whose clock is ahead seals with the pending key already; here it opens.
  const server = (tick: () => number) =>
    testManager({ name: sessions.name, keyring: followed(path).ring, clock: tick, absoluteTimeout: "12h" }).sessions;
  const elsewhere = await signIn(server(() => clock() + 120_000));
  const slow = server(clock);
  await play(slow, elsewhere, (session) =>
    expect([session.subject, session.info().keyId]).toEqual(["ada", second?.id]),
  );

  advance(62_000);
  const [browser, mixed] = [await signIn(sessions), before];
  await play(sessions, mixed, async (session) => {
    session.set("a", 1);
    await session.save();
  });
  await play(sessions, mixed, (session) => expect(session.info().lineage).toEqual([first?.id, second?.id]));
  await play(sessions, browser, (session) => expect(session.info().lineage).toEqual([second?.id]));

  await run("rotate", "--emergency", first?.id ?? "", "--yes", "--reason", "leaked");
  await eventually(() => revisions).toEqual([2, 3]);
  await play(sessions, mixed, (session) => expect([session.isNew, session.rejection]).toEqual([true, "key_revoked"]));
  await play(sessions, browser, (session) => expect(session.subject, "others go on").toBe("ada"));
  expect(errors).toEqual([]);
});

test("a key that is activated seals at once, one that is revoked refuses its sessions, re-sealed ones too", async () => {
  const { sessions, path, revisions } = await application();
  const [kept, before] = [await signIn(sessions), await signIn(sessions)];
  const activateAt = Date.now() - 1;
  writeRing(path, ringDocument({ k1: {}, k2: { activateAt } }, { revision: 2 }));
  await eventually(() => revisions).toEqual([2]);
  await play(sessions, before, (session) => session.regenerate());
  const after = await signIn(sessions);
  writeRing(path, ringDocument({ k1: { revokedAt: Date.now() }, k2: { activateAt } }, { revision: 3 }));
  await eventually(() => revisions).toEqual([2, 3]);
  for (const browser of [kept, before]) {
    await play(sessions, browser, (session) => expect(session.rejection).toBe("key_revoked"));
  }
  await play(sessions, after, (session) => expect([session.subject, session.info().lineage]).toEqual(["ada", ["k2"]]));
});

test("managers and a sealer on one file share one watch, whoever comes later gets the ring of the moment", async () => {
  const { path, sessions, revisions } = await application();
  const second = followed(path);
  const other = testManager({ keyring: second.ring, clock: Date.now }).sessions;
  const sealer = createSealer({ keyring: followed(path).ring, purpose: "mail" });
  await other.ready();
  const token = await sealer.seal(1, { ttl: "1h" });
  const opens = watchOpens(path);
  writeRing(path, ringDocument({ k1: { revokedAt: Date.now() }, k2: {} }, { revision: 2 }));
  await eventually(() => revisions).toEqual([2]);
  expect(await other.keys()).toEqual(await sessions.keys());
  await expect(sealer.open(token)).rejects.toMatchObject({ reason: "key_revoked" });
  const late = testManager({ keyring: followed(path).ring, clock: Date.now }).sessions;
  expect((await late.keys())[0]?.id).toBe("k2");
  expect(opens.count, "the file was read once for all of them").toBe(1);
});

test("of several intervals for one file the shortest counts", async () => {
  const { path, sessions, revisions } = await application();
  const folder = nodePath.dirname(path);
  const link = nodePath.join(temporaryFolder(), "config");
  symlinkSync(folder, link);
  const slow = followed(nodePath.join(link, "keyring.json"));
  await slow.ring.load();
  await followed(nodePath.join(link, "keyring.json"), { interval: 20 }).ring.load();
  const moved = temporaryFolder();
  writeRing(nodePath.join(moved, "keyring.json"), ringDocument({ k1: {}, k2: {} }, { revision: 2 }));
  symlinkSync(moved, `${link}.next`);
  renameSync(`${link}.next`, link);
  await eventually(() => slow.revisions).toEqual([2]);
  expect(revisions, "the other path leads where it led").toEqual([]);
  expect(await sessions.keys()).toHaveLength(1);
});

test("every copy of the package in the process shares the watch, and the ring", async () => {
  const { path, sessions, revisions } = await application();
  const copy = temporaryFolder();
  cpSync(nodePath.join(ROOT, "dist"), nodePath.join(copy, "dist"), { recursive: true });
  cpSync(nodePath.join(ROOT, "package.json"), nodePath.join(copy, "package.json"));
  symlinkSync(nodePath.join(ROOT, "node_modules"), nodePath.join(copy, "node_modules"));
  const load = (file: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(nodePath.join(copy, "dist", file)).href);
  const theirs = (await load("keyring/file/index.js")) as { keyringFile: typeof keyringFile };
  const core = (await load("index.js")) as typeof import("sealed-session");
  const opens = watchOpens(path);
  const other = core.createSessionManager({
    name: sessions.name,
    keyring: theirs.keyringFile(path, { interval: "1h" }),
  });
  expect(core.createSessionManager).not.toBe((await import("sealed-session")).createSessionManager);
  const browser = await signIn(sessions);
  await play(other, browser, (session) => expect(session.subject).toBe("ada"));
  writeRing(path, ringDocument({ k1: { revokedAt: Date.now() }, k2: {} }, { revision: 2 }));
  await eventually(() => revisions).toEqual([2]);
  await play(other, browser, (session) => expect(session.rejection).toBe("key_revoked"));
  expect((await other.keys())[0]?.id).toBe("k2");
  expect(opens.count).toBe(1);
});

test("a request reads no file", async () => {
  const { path, sessions, revisions } = await application();
  const opens = watchOpens(path);
  const browser = await signIn(sessions);
  for (let i = 0; i < 50; i++) {
    await play(sessions, browser, async (session) => {
      session.set("n", i);
      await session.save();
    });
  }
  expect(opens.count).toBe(0);
  writeRing(path, ringDocument({ k1: {}, k2: {} }, { revision: 2 }));
  await eventually(() => revisions).toEqual([2]);
  expect(opens.count).toBe(1);
});
