import fs from "node:fs";
import { createSealer } from "sealed-session";
import { expect, onTestFinished, test, vi } from "vitest";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import {
  eventually,
  application,
  followed,
  replaceFile,
  ringDocument,
  ringText,
  watchOpens,
  writeRing,
} from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
/** What is in use in each of these tests. */
const CURRENT = ringDocument({ k1: {}, k2: {} }, { revision: 5 });
const LATER = ringDocument({ k1: {}, k2: {}, k3: {} }, { revision: 6 });
const STAYS = "The ring in use (revision 5) stays in use";

const REFUSED: readonly (readonly [what: string, change: (path: string) => void, message: string | RegExp])[] = [
  ["empty", (path) => replaceFile(path, ""), `is not JSON: it is empty, cut off, or was edited by hand. ${STAYS}`],
  ["cut off", (path) => replaceFile(path, ringText(LATER).slice(0, -9)), "is not JSON"],
  ["not a ring", (path) => replaceFile(path, "{}"), "is not a key ring this version can read"],
  ["without a key", (path) => replaceFile(path, ringText({ ...LATER, keys: [] })), /keys: .*stays in use/],
  [
    "against a rule",
    (path) => writeRing(path, { ...LATER, keys: LATER.keys.map((key) => ({ ...key, revokedAt: 1 })) }),
    `keyring.json: No key of the ring may seal: all are revoked or destroyed. Add a new one. ${STAYS}`,
  ],
  [
    "of an older revision",
    (path) => writeRing(path, { ...LATER, revision: 4 }),
    `went back from revision 5 to 4. ${STAYS}. If it is meant, restart`,
  ],
  [
    "another ring",
    (path) => writeRing(path, { ...LATER, ringId: "other" }),
    `now holds another ring (other, not ring1). ${STAYS}. If it is meant, restart`,
  ],
  [
    "changed without a new revision",
    (path) => writeRing(path, { ...LATER, revision: 5 }),
    `was changed without a new revision. ${STAYS}. Change it by the command line, or raise its revision`,
  ],
  [
    "gone",
    (path) => fs.rmSync(path),
    /^There is no .*keyring\.json\. The ring in use \(revision 5\) stays in use\. Put it back/,
  ],
  [
    "open to others",
    (path) => fs.chmodSync(path, 0o644),
    /can be read or written by others \(mode 0644\).*stays in use.*chmod 600/,
  ],
  [
    "a symbolic link",
    (path) => {
      writeRing(`${path}.real`, LATER);
      fs.rmSync(path);
      fs.symlinkSync(`${path}.real`, path);
    },
    /is a symbolic link: whoever may change it chooses the keys.*stays in use/,
  ],
  [
    "a folder",
    (path) => {
      fs.rmSync(path);
      fs.mkdirSync(path);
    },
    `keyring.json is not a file. ${STAYS}`,
  ],
];

test.each(REFUSED)(
  "a file that is %s is not used, told once, and the next good one is",
  async (_what, change, message) => {
    const { path, sessions, newest, errors, revisions } = await application(CURRENT, { interval: 20 });
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    change(path);
    await eventually(() => errors.length).toBe(1);
    expect(errors[0]).toMatch(message);
    for (const { secret } of LATER.keys) expect(errors[0]).not.toContain(secret);
    await play(sessions, browser, (session) => expect([session.subject, session.info().keyId]).toEqual(["ada", "k2"]));
    fs.rmSync(path, { recursive: true, force: true });
    writeRing(path, LATER);
    await eventually(newest).toBe("k3");
    expect(revisions).toEqual([6]);
    expect(
      errors.slice(1).filter((text) => !text.startsWith("There is no ")),
      "told once",
    ).toEqual([]);
  },
);

test("what is wrong is told once, however often it is looked at, and again when it is something else", async () => {
  const { path, errors, newest } = await application(CURRENT, { interval: 20 });
  replaceFile(path, "broken");
  await eventually(() => errors.length).toBe(1);
  const opens = watchOpens(path);
  // Each look that fails opens the file six times.
  await eventually(() => opens.count).toBeGreaterThan(12);
  expect(errors.length).toBe(1);
  replaceFile(path, "broken as well");
  await eventually(() => errors.length).toBe(2);
  writeRing(path, LATER);
  await eventually(newest).toBe("k3");
  expect(errors.length).toBe(2);
});

test("whoever asks for a reload is told what is wrong every time", async () => {
  const { path, ring, errors, newest } = await application(CURRENT);
  replaceFile(path, "broken");
  await ring.reload();
  await ring.reload();
  expect(errors.length).toBeGreaterThanOrEqual(2);
  writeRing(path, LATER);
  await ring.reload();
  expect(await newest()).toBe("k3");
});

test("handlers that throw or reject, at once or later, do no harm to the others or to the watch", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const told: string[] = [];
  const broken = (what: string) => (): never => {
    told.push(what);
    throw new Error("handler");
  };
  const rejecting = (what: string) => (): never => {
    told.push(what);
    return Promise.reject(new Error("handler")) as never;
  };
  const { path, errors, revisions } = await application(CURRENT);
  await followed(path, { onError: broken("error"), onChange: broken("change") }).ring.load();
  await followed(path, { onError: rejecting("error, later"), onChange: rejecting("change, later") }).ring.load();
  replaceFile(path, "broken");
  await eventually(() => errors.length).toBe(1);
  writeRing(path, LATER);
  await eventually(() => revisions).toEqual([6]);
  expect(told.sort()).toEqual(["change", "change, later", "error", "error, later"]);
  expect(unhandled).toEqual([]);
});

test("a handler that never returns holds nothing up", async () => {
  const { path, newest } = await application(CURRENT);
  await followed(path, { onChange: () => new Promise(() => undefined) as never }).ring.load();
  writeRing(path, LATER);
  await eventually(newest).toBe("k3");
  writeRing(path, { ...CURRENT, revision: 7 });
  await eventually(newest).toBe("k2");
});

test("onChange is told when the ring is in use, not before", async () => {
  let seen: string | undefined;
  const { path, sessions } = await application(CURRENT, {
    onChange: () => void sessions.keys().then(([key]) => (seen = key?.id)),
  });
  writeRing(path, LATER);
  await eventually(() => seen).toBe("k3");
});

test("a ring whose policy a manager exceeds is refused by that manager, told, and taken by the others", async () => {
  const { path, sessions, newest, errors } = await application(CURRENT);
  const long = testManager({ keyring: followed(path).ring, clock: Date.now, absoluteTimeout: "14d" }).sessions;
  const sealer = createSealer({ keyring: followed(path).ring, purpose: "mail" });
  await Promise.all([long.ready(), sealer.seal(1, { ttl: "14d" })]);
  writeRing(path, { ...LATER, policy: { ...LATER.policy, absoluteTimeout: 7 * 24 * HOUR } });
  await eventually(() => errors.length).toBe(1);
  expect(errors[0]).toMatch(
    /^Revision 6 of .*keyring\.json is not used everywhere: absoluteTimeout: 14d is longer than the key ring's policy allows \(7d\).* Where it is refused, the ring before stays in use$/,
  );
  expect([await newest(), (await long.keys())[0]?.id]).toEqual(["k3", "k2"]);
  await expect(sealer.seal(1, { ttl: "14d" })).rejects.toThrow("ttl: 14d is longer");
  writeRing(path, { ...LATER, revision: 7 });
  await eventually(async () => (await long.keys())[0]?.id, "a later one that fits is taken").toBe("k3");
  expect([errors.length, (await sessions.keys()).length]).toEqual([1, 3]);
});

test("a key that is revoked in a ring that a manager refuses is revoked there, too", async () => {
  const { path, errors } = await application(CURRENT);
  const { sessions } = testManager({ keyring: followed(path).ring, clock: Date.now, absoluteTimeout: "14d" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const keys = LATER.keys.map((key) => (key.id === "k2" ? { ...key, revokedAt: Date.now() } : key));
  writeRing(path, { ...LATER, keys, policy: { ...LATER.policy, absoluteTimeout: 7 * 24 * HOUR } });
  await eventually(() => errors.length).toBe(1);
  await play(sessions, browser, (session) => expect(session.rejection).toBe("key_revoked"));
});
