import fs from "node:fs";
import nodePath from "node:path";
import { setImmediate } from "node:timers/promises";
import { ConfigurationError } from "sealed-session";
import { keyringFile } from "sealed-session/keyring/file";
import { expect, onTestFinished, test, vi } from "vitest";
import { refusal, standIn } from "../file/support/stand-in.js";
import { followed, ringDocument, temporaryFolder, watchOpens, writeRing } from "./support.js";

const SECOND = 1_000;
const next = ringDocument({ k1: {}, k2: {} }, { revision: 2 });

function ringPath(): string {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  writeRing(path, ringDocument());
  return path;
}

/** Has the intervals of what is loaded from now on pass when the test says so; no notification comes. */
function movedTimer(): (ms: number) => Promise<void> {
  standIn("watch", () => {
    throw refusal("ENOSPC");
  });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  return async (ms) => {
    vi.advanceTimersByTime(ms);
    // What a look found is read, and told, by then.
    await setImmediate();
    await setImmediate();
  };
}

function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return expect.unreachable("it was taken");
}

test("what can never work is said in full words", () => {
  for (const path of ["", undefined, 5]) {
    expect(message(() => keyringFile(path as string))).toBe("keyringFile: takes the path of a ring file");
  }
  const said = (options: object): string => message(() => keyringFile("a", options));
  expect(said({ x1: 1 })).toBe('keyringFile: there is no option "x1"; there are allow, interval, onChange, onError');
  const allow = "allow: takes a list of symlink, permissions, git";
  expect([said({ allow: "git" }), said({ allow: ["git", "all"] }), said({ allow: {} })]).toEqual([allow, allow, allow]);
  expect(said({ interval: "soon" })).toMatch(/^interval: "soon" is not a duration/);
});

test("without an interval the file is looked at every ten seconds", async () => {
  const pass = movedTimer();
  const path = ringPath();
  const revisions: unknown[] = [];
  await keyringFile(path, { onChange: ({ revision }) => void revisions.push(revision) }).load();
  writeRing(path, next);
  await pass(10 * SECOND - 1);
  expect(revisions).toEqual([]);
  await pass(1);
  expect(revisions).toEqual([2]);
});

test("a longer interval than the one before changes nothing, nor does the same put off the next look", async () => {
  const pass = movedTimer();
  const path = ringPath();
  const { ring, revisions } = followed(path, { interval: "10s" });
  await ring.load();
  await followed(path, { interval: "1h" }).ring.load();
  writeRing(path, next);
  await pass(6 * SECOND);
  await followed(path, { interval: "10s" }).ring.load();
  await pass(4 * SECOND - 1);
  expect(revisions).toEqual([]);
  await pass(1);
  expect(revisions).toEqual([2]);
});

test("a shorter one counts from then on, be it named before the file is read or after", async () => {
  const pass = movedTimer();
  const path = ringPath();
  const { ring, revisions } = followed(path, { interval: "1h" });
  ring.onChange(() => undefined);
  followed(path, { interval: "20s" }).ring.onChange(() => undefined);
  await ring.load();
  writeRing(path, next);
  await pass(20 * SECOND);
  expect(revisions).toEqual([2]);
  await followed(path, { interval: "5s" }).ring.load();
  writeRing(path, { ...next, revision: 3 });
  await pass(5 * SECOND);
  expect(revisions).toEqual([2, 3]);
});

test("a file that did not change is not read again", async () => {
  const pass = movedTimer();
  const path = ringPath();
  await followed(path, { interval: "1s" }).ring.load();
  const opens = watchOpens(path);
  for (let count = 0; count < 5; count++) await pass(SECOND);
  expect(opens.count).toBe(0);
  writeRing(path, next);
  await pass(SECOND);
  await pass(SECOND);
  expect(opens.count).toBe(1);
});

test("a file is read once, by whatever name and order of allowances, for each set of allowances", async () => {
  const path = ringPath();
  const opens = watchOpens(path);
  const { ring } = followed(path, { allow: ["git", "symlink"] });
  const loaded = await ring.load();
  expect(await ring.load()).toBe(loaded);
  const again = nodePath.join(nodePath.dirname(path), ".", "x", "..", nodePath.basename(path));
  expect(await followed(again, { allow: ["symlink", "git"] }).ring.load()).toBe(loaded);
  expect(opens.count).toBe(1);
  expect(await followed(path).ring.load()).not.toBe(loaded);
  expect(opens.count).toBe(2);
});

test("the list of allowances that is given is not put in another order", async () => {
  const allow = ["symlink", "git"] as const;
  await followed(ringPath(), { allow }).ring.load();
  expect(allow).toEqual(["symlink", "git"]);
});

test("copies of the package find one another by names that do not change", async () => {
  movedTimer();
  const registry = globalThis as { [name: symbol]: unknown };
  const warning = Symbol.for("sealed-session/keyring-file-warning/1");
  const before = registry[warning];
  delete registry[warning];
  onTestFinished(() => void (registry[warning] = before));
  const path = ringPath();
  await keyringFile(path, { allow: ["symlink", "git"] }).load();
  expect(registry[warning]).toBeTypeOf("function");
  const files = registry[Symbol.for("sealed-session/keyring-files/1")] as ReadonlyMap<string, unknown>;
  expect(files.get(JSON.stringify([path, ["git", "symlink"]]))).toBeDefined();
});

test("without onError what is wrong is one process warning, whoever uses the file", async () => {
  movedTimer();
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  onTestFinished(() => warn.mockRestore());
  const path = ringPath();
  const ring = keyringFile(path, { interval: "1h" });
  await Promise.all([ring.load(), keyringFile(path).load()]);
  fs.writeFileSync(path, "broken");
  await ring.reload();
  expect(warn.mock.calls).toEqual([
    [
      `${path} is not JSON: it is empty, cut off, or was edited by hand. The ring in use (revision 1) stays in use`,
      { type: "KeyringWarning", code: "SEALED_SESSION_KEYRING" },
    ],
  ]);
});

test("a ring that nobody has used is not read by a reload", async () => {
  const path = ringPath();
  const opens = watchOpens(path);
  const { ring, errors, revisions } = followed(path);
  await ring.reload();
  expect([opens.count, errors, revisions]).toEqual([0, [], []]);
  await ring.load();
  writeRing(path, next);
  await ring.reload();
  expect([errors, revisions]).toEqual([[], [2]]);
});

test("who uses the ring gets later versions, before those that are told of them, until it is not wanted", async () => {
  movedTimer();
  const path = ringPath();
  const order: unknown[] = [];
  const ring = keyringFile(path, { interval: "1h", onChange: ({ revision }) => void order.push(`told ${revision}`) });
  const stop = ring.onChange(async ({ revision }) => {
    await setImmediate();
    order.push(`used ${revision}`);
  });
  await ring.load();
  writeRing(path, next);
  await ring.reload();
  expect(order).toEqual(["used 2", "told 2"]);
  expect(stop()).toBeUndefined();
  writeRing(path, { ...next, revision: 3 });
  await ring.reload();
  expect(order.slice(2)).toEqual(["told 3"]);
});

test("a user that refuses a version is told of, and the version counts all the same", async () => {
  const path = ringPath();
  const { ring, errors, revisions } = followed(path);
  for (const refuse of [
    () => {
      throw new Error("too short");
    },
    () => Promise.reject(new Error("too long")),
  ]) {
    ring.onChange(refuse);
  }
  await ring.load();
  writeRing(path, next);
  await ring.reload();
  const refused = `Revision 2 of ${path} is not used everywhere`;
  const stays = "Where it is refused, the ring before stays in use";
  expect([errors, revisions]).toEqual([[`${refused}: too short. ${stays}`, `${refused}: too long. ${stays}`], [2]]);
  expect((await ring.load()).revision).toBe(2);
});

test("a file that cannot be used is read six times, and not a seventh", async () => {
  movedTimer();
  const path = ringPath();
  const { ring, errors } = followed(path);
  await ring.load();
  writeRing(path, next);
  const opens = watchOpens(path);
  // Would be read at last, rather than for ever.
  opens.instead = (open) => {
    if (opens.count <= 6) throw refusal("EMFILE");
    return open();
  };
  await ring.reload();
  expect([opens.count, errors, (await ring.load()).revision]).toEqual([
    6,
    [`${path} cannot be used (EMFILE). The ring in use (revision 1) stays in use`],
    1,
  ]);
});

test("a file that can be used at the sixth reading is", async () => {
  movedTimer();
  const path = ringPath();
  const { ring, errors, revisions } = followed(path);
  await ring.load();
  writeRing(path, next);
  const opens = watchOpens(path);
  opens.instead = (open) => {
    if (opens.count < 6) throw refusal("EMFILE");
    return open();
  };
  await ring.reload();
  expect([opens.count, errors, revisions]).toEqual([6, [], [2]]);
});

test("what is wrong is told again when the file was good in between", async () => {
  const pass = movedTimer();
  const path = ringPath();
  const { ring, errors } = followed(path, { interval: "1s" });
  await ring.load();
  const other = { ...ringDocument(), ringId: "other" };
  const told = `${path} now holds another ring (other, not ring1). The ring in use (revision 1) stays in use. If it is meant, restart`;
  for (const count of [1, 2]) {
    writeRing(path, other);
    await pass(SECOND);
    await pass(SECOND);
    expect(errors).toEqual(Array.from({ length: count }, () => told));
    writeRing(path, ringDocument());
    await pass(SECOND);
  }
});
