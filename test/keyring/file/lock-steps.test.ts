import fs, { existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { takeLock } from "../../../dist/keyring/file/lock.js";
import { tempFolder } from "./support/rings.js";
import { openFiles, refusal, standIn } from "./support/stand-in.js";

const NOBODY = 2 ** 30;
const MINUTE = 60_000;
/** Long ago, whole seconds: as exact as a file can have it. */
const TAKEN = Date.UTC(2026, 0, 1);

function target(holder?: string): { readonly ring: string; readonly lock: string; readonly beside: () => string[] } {
  const ring = path.join(tempFolder(), "keyring.json");
  const lock = `${ring}.lock`;
  if (holder !== undefined) writeFileSync(lock, holder);
  return { ring, lock, beside: () => readdirSync(path.dirname(ring)) };
}

/** Has the clock by which files are dated say an instant. */
function fileClockAt(instant: number): void {
  vi.stubGlobal("performance", { timeOrigin: 0, now: () => instant });
  onTestFinished(() => void vi.unstubAllGlobals());
}

function expectBusy(call: () => unknown, lock: string): void {
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(KeyringProblem);
  const { kind, problem, hint } = error as KeyringProblem;
  expect([kind, problem, hint]).toEqual([
    "conflict",
    "Another change of this key ring is being made",
    `Look at it when that is done, and try again (the lock is ${lock})`,
  ]);
}

test("a lock's holder is a process, its host and a word of its own", () => {
  const names = [1, 2].map(() => {
    const { ring, lock } = target();
    const held = takeLock(ring);
    const name = readFileSync(lock, "utf8");
    held.release();
    return name.split(" ");
  });
  for (const [pid, host, word, ...more] of names) {
    expect([pid, host, word, more]).toEqual([
      String(process.pid),
      hostname(),
      expect.stringMatching(/^[\w-]{12}$/),
      [],
    ]);
  }
  expect(names[0]?.[2]).not.toBe(names[1]?.[2]);
});

test("what a lock is linked from is its owner's alone, new, and named like what is cleared away", () => {
  const { ring, lock } = target();
  let draft = "";
  standIn("linkSync", (call, from, to) => {
    draft = String(from);
    expect([to, statSync(draft).mode & 0o777, readFileSync(draft, "utf8")]).toEqual([
      lock,
      0o600,
      expect.stringMatching(/^\d+ \S+ \S+$/),
    ]);
    return call();
  });
  takeLock(ring).release();
  expect(draft.slice(lock.length)).toMatch(/^\.[0-9a-f]{12}\.tmp$/);
  expect(existsSync(draft)).toBe(false);
});

test("what stands in the draft's place is not written to", () => {
  const { ring, beside } = target();
  let draft = "";
  standIn("writeFileSync", (call, file) => {
    draft = String(file);
    writeFileSync(draft, "somebody's");
    return call();
  });
  expect(() => takeLock(ring)).toThrow(`${ring} cannot be used (EEXIST)`);
  expect([readFileSync(draft, "utf8"), beside()]).toEqual(["somebody's", [path.basename(draft)]]);
});

test("a draft that somebody clears away is a lock that was not taken", () => {
  const { ring, lock, beside } = target();
  standIn("linkSync", (call, from) => {
    fs.rmSync(String(from), { force: true });
    return call();
  });
  expectBusy(() => takeLock(ring), lock);
  expect(beside()).toEqual([]);
});

test("a lock that is released at that moment is taken", () => {
  const { ring, lock, beside } = target("1 another-host x");
  let tries = 0;
  standIn("linkSync", (call) => {
    tries++;
    try {
      return call();
    } finally {
      if (tries === 1) fs.rmSync(lock);
    }
  });
  takeLock(ring).assertHeld();
  expect([tries, beside()]).toEqual([2, [path.basename(lock)]]);
});

test("a system that makes no links is not taken for somebody's lock", () => {
  const { ring, beside } = target();
  standIn("linkSync", () => {
    throw refusal("EPERM");
  });
  expect(() => takeLock(ring)).toThrow(`${ring} may not be used by this user (EPERM). Run it as the file's owner`);
  expect(beside()).toEqual([]);
});

test("a stale lock that may not be moved stays", () => {
  const { ring, lock, beside } = target(`${NOBODY} ${hostname()} x`);
  standIn("renameSync", () => {
    throw refusal("EACCES");
  });
  expect(() => takeLock(ring)).toThrow(`${ring} may not be used by this user (EACCES)`);
  expect(beside()).toEqual([path.basename(lock)]);
});

test.each([
  ["nobody", "ESRCH", true],
  ["somebody else's process", "EPERM", false],
])("a holder on this host is asked for by its number: %s", (_who, code, broken) => {
  const { ring, lock } = target(`4711 ${hostname()} x`);
  const asked = vi.spyOn(process, "kill").mockImplementation(() => {
    throw refusal(code);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  if (broken) takeLock(ring).assertHeld();
  else expectBusy(() => takeLock(ring), lock);
  expect(asked.mock.calls).toEqual([[4_711, 0]]);
});

test("a lock holds for a minute, and no longer", () => {
  for (const [age, broken] of [
    [MINUTE - 1, false],
    [MINUTE, false],
    [MINUTE + 1, true],
  ] as const) {
    const { ring, lock } = target("1 another-host x");
    utimesSync(lock, TAKEN / 1_000, TAKEN / 1_000);
    fileClockAt(TAKEN + age);
    if (broken) takeLock(ring).assertHeld();
    else expectBusy(() => takeLock(ring), lock);
    expect(readFileSync(lock, "utf8") === "1 another-host x").toBe(!broken);
  }
});

test("a lock that is gone when its age is looked at is not broken: it may be somebody else's by then", () => {
  const { ring, lock, beside } = target("1 another-host x");
  standIn("statSync", (call) => {
    fs.rmSync(lock, { force: true });
    return call();
  });
  expectBusy(() => takeLock(ring), lock);
  expect(beside()).toEqual([]);
});

test("a stale lock that somebody else breaks first is theirs, or free", () => {
  const free = target(`${NOBODY} ${hostname()} x`);
  standIn("renameSync", (call, from) => {
    fs.rmSync(String(from), { force: true });
    return call();
  });
  takeLock(free.ring).assertHeld();
  expect(free.beside()).toEqual([path.basename(free.lock)]);
});

test("whoever finds that it moved away another lock than the stale one gives it back", () => {
  const { ring, lock, beside } = target(`${NOBODY} ${hostname()} x`);
  standIn("renameSync", (call, from) => {
    writeFileSync(String(from), "2 another-host theirs");
    return call();
  });
  expectBusy(() => takeLock(ring), lock);
  expect([readFileSync(lock, "utf8"), beside()]).toEqual(["2 another-host theirs", [path.basename(lock)]]);
});

test("a stale lock is moved to a name that is cleared away, should its breaker die", () => {
  const { ring, lock } = target(`${NOBODY} ${hostname()} x`);
  const names: string[] = [];
  standIn("renameSync", (call, from, to) => {
    names.push(String(from), String(to).slice(lock.length));
    return call();
  });
  takeLock(ring).assertHeld();
  expect(names).toEqual([lock, expect.stringMatching(/^\.[0-9a-f]{12}\.tmp$/)]);
});

test("a link in the lock's place is not followed, and a lock that nobody can read is nobody's to break", () => {
  const { ring, lock, beside } = target();
  symlinkSync("/dev/zero", lock);
  expect(() => takeLock(ring)).toThrow("is a symbolic link");
  expect(beside()).toEqual([path.basename(lock)]);
  const other = target("1 another-host x");
  standIn("openSync", (call, file) => {
    if (file === other.lock) throw refusal("EACCES");
    return call();
  });
  expect(() => takeLock(other.ring)).toThrow("may not be used by this user (EACCES)");
});

test("a lock that vanished is no longer held, and is not there to be released", () => {
  const { ring, lock, beside } = target();
  const held = takeLock(ring);
  fs.rmSync(lock);
  expectBusy(() => held.assertHeld(), lock);
  held.release();
  expect(beside()).toEqual([]);
});

test("no file stays open", () => {
  const { ring } = target(`${NOBODY} ${hostname()} x`);
  const open = openFiles(path.dirname(ring));
  const held = takeLock(ring);
  held.assertHeld();
  held.release();
  expect([...open.values()]).toEqual([]);
});
