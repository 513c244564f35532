import { memoryStore, RevocationUnavailableError, type RevocationStore } from "sealed-session";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  eventually,
  application as ringApplication,
  followed,
  ringDocument,
  writeRing,
} from "../keyring/watch/support.js";
import { play } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

/* I5: servers with an older ring hear of revoked keys. */

vi.setConfig({ testTimeout: 30_000 });

type Keys = Parameters<typeof ringDocument>[0];

const START = Date.UTC(2025, 5, 1);
const K1_REVOKED: Keys = { k1: { revokedAt: START }, k2: {} };
const BOTH_REVOKED: Keys = { k1: { revokedAt: START }, k2: { revokedAt: START }, k3: {} };

let count = 0;

/** A ring file that can be changed, and a store that writes down what it is asked, and can be out of reach. */
async function application(keys: Keys = { k1: {}, k2: {} }) {
  const { path } = await ringApplication(ringDocument(keys));
  const { ring, errors } = followed(path);
  const asked: string[] = [];
  const name = `announced-${process.pid}-${++count}`;
  const list = memoryStore({ name });
  let answer = (): Promise<void> => Promise.resolve();
  const revocation: RevocationStore = {
    ...list,
    async check(query) {
      asked.push("check");
      return list.check(query);
    },
    async revokeKeys(ids) {
      asked.push(ids.join());
      await answer();
      await list.revokeKeys(ids);
    },
  };
  const { sessions } = testManager({ keyring: ring, clock: Date.now, revocation, revocationTimeout: 200 });
  let revision = 1;
  const change = async (next: Keys): Promise<void> => {
    writeRing(path, ringDocument(next, { revision: ++revision }));
    await ring.reload();
  };
  const signIn = async (): Promise<Browser> => {
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    return browser;
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  return {
    sessions,
    path,
    name,
    asked,
    errors,
    unhandled,
    change,
    signIn,
    answerWith: (next: () => Promise<void>) => (answer = next),
  };
}

test("a ring without revoked keys is announced to nobody", async () => {
  const { sessions, signIn, asked, change } = await application();
  await sessions.ready();
  await play(sessions, await signIn(), () => undefined);
  await change({ k1: {}, k2: {}, k3: {} });
  await play(sessions, await signIn(), () => undefined);
  expect(asked).toEqual(["check", "check"]);
});

test("revoked keys are announced at the start, once, without a request", async () => {
  const { sessions, signIn, asked, change } = await application(K1_REVOKED);
  await sessions.ready();
  await eventually(() => asked).toEqual(["k1"]);
  const browser = await signIn();
  for (let i = 0; i < 5; i++) await play(sessions, browser, () => undefined);
  await change({ ...K1_REVOKED, k3: {} });
  await play(sessions, browser, () => undefined);
  expect(asked.filter((what) => what !== "check")).toEqual(["k1"]);
});

test("and with each change, once, all of them: a server with an older ring refuses their sessions", async () => {
  const { sessions, asked, change, signIn, name } = await application();
  const browser = await signIn();
  const rolledBack = testManager({
    name: sessions.name,
    keyring: followed((await ringApplication(ringDocument({ k1: {}, k2: {} }))).path).ring,
    clock: Date.now,
    revocation: memoryStore({ name }),
  }).sessions;
  await change(K1_REVOKED);
  await play(rolledBack, browser, (session) => expect(session.subject).toBe("ada"));
  await change(BOTH_REVOKED);
  expect(asked).toEqual(["k1", "k1,k2"]);
  await play(rolledBack, browser, (session) => expect(session.rejection).toBe("key_revoked"));
});

test("every manager tells its own store", async () => {
  const { sessions, asked, change, path } = await application();
  await sessions.ready();
  const told: (readonly string[])[] = [];
  const list = memoryStore({ name: `announced-other-${process.pid}` });
  const revocation = { ...list, revokeKeys: (ids: readonly string[]) => void told.push(ids) };
  await testManager({ keyring: followed(path).ring, clock: Date.now, revocation }).sessions.ready();
  await change(K1_REVOKED);
  expect([asked, told]).toEqual([["k1"], [["k1"]]]);
});

test.each([
  ["fails", () => Promise.reject(new Error("down"))],
  ["hangs", () => new Promise<void>(() => undefined)],
])("a store that %s is told before it is next used, and the ring is in use anyway", async (_how, outage) => {
  const { sessions, asked, change, signIn, answerWith, errors, unhandled } = await application();
  const browser = await signIn();
  answerWith(outage);
  await change(K1_REVOKED);
  expect((await sessions.keys()).map(({ state }) => state)).toEqual(["active", "revoked"]);
  await expect(sessions.open({ read: () => browser.header, write: () => undefined })).rejects.toThrow(
    RevocationUnavailableError,
  );
  expect(asked, "not asked while it does not know").not.toContain("check");
  const attempts = asked.length;
  answerWith(() => Promise.resolve());
  // One that hung is given a moment before it is asked again.
  await vi.waitFor(() => play(sessions, browser, (session) => expect(session.subject).toBe("ada")));
  await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  expect(asked.slice(attempts), "told once more, then asked").toEqual(["k1", "check", "check"]);
  expect([errors, unhandled]).toEqual([[], []]);
});

test("a change while the announcement before it is under way is announced, too", async () => {
  const { sessions, asked, change, answerWith, signIn } = await application();
  await sessions.ready();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  answerWith(() => held);
  await change(K1_REVOKED);
  await change(BOTH_REVOKED);
  release();
  await signIn();
  expect(asked).toEqual(["k1", "k1,k2"]);
});
