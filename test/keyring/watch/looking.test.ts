import fs from "node:fs";
import nodePath from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { identityOf, watchFile } from "../../../dist/keyring/file/watch.js";
import { refusal, standIn } from "../file/support/stand-in.js";
import { temporaryFolder } from "./support.js";

const INTERVAL = 10_000;
const SETTLE = 50;

interface Listening {
  readonly folder: string;
  readonly options: unknown;
  readonly notify: () => void;
  readonly watcher: fs.FSWatcher;
  closed: boolean;
}

/** A file that is looked at by a clock that the test moves. No notification comes but the test's own. */
function watched(interval = INTERVAL) {
  const path = nodePath.join(temporaryFolder(), "config", "keyring.json");
  fs.mkdirSync(nodePath.dirname(path));
  fs.writeFileSync(path, "a");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const listening: Listening[] = [];
  standIn("watch", (call, folder, options, listener) => {
    const watcher = call() as fs.FSWatcher;
    const one: Listening = {
      folder: folder as string,
      options,
      notify: listener as () => void,
      watcher,
      closed: false,
    };
    watcher.on("close", () => (one.closed = true));
    listening.push(one);
    return watcher;
  });
  const changed = vi.fn<() => void>();
  const identity = identityOf(path);
  const start = () => watchFile(path, identity, interval, changed);
  onTestFinished(() => {
    for (const { watcher } of listening) watcher.close();
    vi.useRealTimers();
  });
  const write = (): void => fs.appendFileSync(path, "b");
  const calls = (): number => changed.mock.calls.length;
  return { path, write, calls, start, listening, pass: (ms: number) => vi.advanceTimersByTime(ms) };
}

test("the file is looked at once every interval, and a change told once", () => {
  const { write, calls, start, pass } = watched();
  start();
  pass(5 * INTERVAL);
  expect(calls()).toBe(0);
  write();
  pass(INTERVAL - 1);
  expect(calls()).toBe(0);
  pass(1);
  expect(calls()).toBe(1);
  pass(5 * INTERVAL);
  expect(calls()).toBe(1);
});

test("what changed since the file was read is told at once", () => {
  const { write, calls, start } = watched();
  write();
  start();
  expect(calls()).toBe(1);
});

test("another interval takes the place of the one before", () => {
  const { write, calls, start, pass } = watched();
  const { lookEvery } = start();
  lookEvery(1_000);
  expect(vi.getTimerCount()).toBe(1);
  write();
  pass(999);
  expect(calls()).toBe(0);
  pass(1);
  expect(calls()).toBe(1);
});

test("an interval is no longer than a timer can be", () => {
  const { write, calls, start, pass } = watched(2 ** 31);
  start();
  write();
  // A longer one would end after 1 ms.
  pass(2);
  expect(calls()).toBe(0);
  pass(2_147_483_644);
  expect(calls()).toBe(0);
  pass(1);
  expect(calls()).toBe(1);
});

test("a look that is asked for again finds a change, whatever it finds, once, and by the timer", () => {
  const { calls, start, pass, listening } = watched();
  const { lookAgain } = start();
  lookAgain();
  listening[0]?.notify();
  pass(SETTLE);
  expect(calls()).toBe(0);
  pass(INTERVAL - SETTLE);
  expect(calls()).toBe(1);
  pass(3 * INTERVAL);
  expect(calls()).toBe(1);
});

test("a notification has the file looked at when its writers have settled, not put off by the next one", () => {
  const { path, write, calls, start, pass, listening } = watched();
  start();
  expect(listening).toMatchObject([{ folder: nodePath.dirname(path), options: { persistent: false } }]);
  const [{ notify }] = listening as [Listening];
  notify();
  pass(SETTLE);
  expect(calls()).toBe(0);
  write();
  notify();
  pass(SETTLE - 10);
  notify();
  expect([calls(), vi.getTimerCount()]).toEqual([0, 2]);
  pass(10);
  expect([calls(), vi.getTimerCount()]).toEqual([1, 1]);
  write();
  notify();
  pass(SETTLE);
  expect(calls()).toBe(2);
});

test("a folder is listened to once, however often it is looked at", () => {
  const { start, pass, listening } = watched();
  start();
  pass(5 * INTERVAL);
  expect(listening).toHaveLength(1);
});

test("a folder that takes the other's name is listened to in its place", async () => {
  const { path, start, pass, listening } = watched();
  start();
  const folder = nodePath.dirname(path);
  fs.renameSync(folder, `${folder}.old`);
  fs.mkdirSync(folder);
  pass(INTERVAL);
  await vi.waitFor(() => expect(listening.map(({ closed }) => closed)).toEqual([true, false]));
  pass(INTERVAL);
  expect(listening).toHaveLength(2);
});

test("a folder that is gone is listened to again when it is back", () => {
  const { path, calls, start, pass, listening } = watched();
  start();
  fs.rmSync(nodePath.dirname(path), { recursive: true });
  pass(INTERVAL);
  expect(calls()).toBe(1);
  fs.mkdirSync(nodePath.dirname(path));
  fs.writeFileSync(path, "c");
  pass(INTERVAL);
  expect([calls(), listening.length]).toEqual([2, 2]);
});

test("after an error of the notifications the folder is listened to anew", async () => {
  const { start, pass, listening } = watched();
  start();
  listening[0]?.watcher.emit("error", refusal("EIO"));
  await vi.waitFor(() => expect(listening[0]?.closed).toBe(true));
  pass(INTERVAL);
  expect(listening.map(({ closed }) => closed)).toEqual([true, false]);
});

test("where there are no notifications the timer does without them, and asks for them at each look", () => {
  const { write, calls, start, pass } = watched();
  let asked = 0;
  standIn("watch", () => {
    asked++;
    throw refusal("ENOSPC");
  });
  start();
  write();
  pass(INTERVAL);
  expect([calls(), asked]).toEqual([1, 2]);
  pass(INTERVAL);
  expect([calls(), asked]).toEqual([1, 3]);
});

test("a file is another one after every change, and where there is none the reason counts", () => {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  expect(identityOf(path)).toBe("ENOENT");
  const seen = new Set<string>();
  const look = (): void => void seen.add(identityOf(path));
  fs.writeFileSync(path, "a");
  look();
  look();
  expect(seen.size).toBe(1);
  fs.utimesSync(path, 1, 1);
  look();
  fs.writeFileSync(path, "ab");
  fs.utimesSync(path, 1, 1);
  look();
  fs.writeFileSync(`${path}.other`, "abc");
  fs.rmSync(path);
  fs.symlinkSync(`${path}.other`, path);
  look();
  expect(seen.size).toBe(4);
  const { dev, ino, size } = fs.statSync(path, { bigint: true });
  expect(identityOf(path)).toMatch(new RegExp(`^${dev},${ino},${size},\\d+,\\d+$`));
});
