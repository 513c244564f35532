import fs, { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import os, { hostname, userInfo } from "node:os";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { NO_HASH, readEntry } from "../../../dist/keyring/file/audit-entry.js";
import { appendEntry, auditPath, readLog } from "../../../dist/keyring/file/audit-log.js";
import { ringHash } from "../../../dist/keyring/file/document.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { tempFolder } from "./support/rings.js";
import { openFiles } from "./support/stand-in.js";

const NOW = Date.UTC(2026, 0, 1);
const LARGEST = 67_108_864;
const change = createRing({}, NOW);

/** The place of a ring and of its log, which says something. */
function place(text?: string): { readonly ring: string; readonly log: string } {
  const ring = path.join(tempFolder(), "keyring.json");
  if (text !== undefined) writeFileSync(`${ring}.log`, text);
  return { ring, log: `${ring}.log` };
}

function append(ring: string, audit?: { entries: number; head: string }) {
  return appendEntry(ring, change, { revision: 0, audit }, readLog(ring), NOW);
}

function problem(kind: string, text: string, hint?: string): unknown {
  return expect.objectContaining({ kind, problem: text, hint });
}

test("a log lies beside its ring; one that is not there has no lines", () => {
  const { ring, log } = place();
  expect(auditPath(ring)).toBe(log);
  expect(readLog(ring)).toEqual({ lines: [], bytes: 0, torn: false });
});

test.each([
  ["", [], 0, false],
  ["a\n", ["a"], 2, false],
  ["a\né\n", ["a", "é"], 5, false],
  ["a\n\n", ["a", ""], 3, false],
  ["a\nb", ["a"], 2, true],
  ["a", [], 0, true],
])("of the log %j the whole lines count", (text, lines, bytes, torn) => {
  expect(readLog(place(text).ring)).toEqual({ lines, bytes, torn });
});

test("what is no log is refused with what to do, and closed", () => {
  const { ring, log } = place("");
  const open = openFiles(path.dirname(ring));
  const goOn = `Move ${log} aside: the next change begins a new log`;
  truncateSync(log, LARGEST);
  expect(readLog(ring)).toEqual({ lines: [], bytes: 0, torn: true });
  truncateSync(log, LARGEST + 1);
  expect(() => readLog(ring)).toThrow(
    problem("refused", `${log} is too large for a log (more than 67108864 bytes)`, goOn),
  );
  rmSync(log);
  mkdirSync(log);
  expect(() => readLog(ring)).toThrow(problem("refused", `${log} is not a file`, goOn));
  expect([...open.values()]).toEqual([]);
  fs.rmdirSync(log);
  symlinkSync(ring, log);
  expect(() => readLog(ring)).toThrow(problem("refused", `${log} is a symbolic link`));
});

test("a log in what is no folder is not an empty one", () => {
  const { ring } = place("");
  const inside = path.join(`${ring}.log`, "keyring.json");
  expect(() => readLog(inside)).toThrow(
    problem("not_found", `There is no ${inside}.log`, "Make a ring with: npx sealed-session keys init"),
  );
});

test("the first entry begins the log, in a file that is its owner's alone", () => {
  const { ring, log } = place();
  const open = openFiles(path.dirname(ring));
  const head = append(ring);
  const text = readFileSync(log, "utf8");
  const entry = readEntry(text.slice(0, -1));
  expect(text).toBe(`${JSON.stringify(entry)}\n`);
  expect(entry).toStrictEqual({
    n: 1,
    at: "2026-01-01T00:00:00.000Z",
    verb: "init",
    ringId: change.document.ringId,
    from: 0,
    revision: 1,
    ring: ringHash(change.document),
    keys: change.keys,
    by: `${userInfo().username}@${hostname()}`,
    prev: NO_HASH,
    hash: head.head,
  });
  expect([head.entries, statSync(log).mode & 0o777, [...open.values()]]).toEqual([1, 0o600, []]);
});

test("an entry follows the last line that is one, else where the ring says that the log stands, else how many there are", () => {
  const { ring, log } = place();
  const [first, second] = [append(ring), append(ring)];
  const last = (): unknown => readEntry(readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "");
  expect([first.entries, second.entries]).toEqual([1, 2]);
  expect(last()).toMatchObject({ n: 2, prev: first.head });
  // The line counts, not what the ring says.
  const audit = { entries: 7, head: "7".repeat(64) };
  const third = append(ring, audit);
  expect(last()).toMatchObject({ n: 3, prev: second.head, hash: third.head });
  fs.appendFileSync(log, "nonsense\n");
  append(ring, audit);
  expect(last()).toMatchObject({ n: 8, prev: audit.head });
  fs.appendFileSync(log, "nonsense\n");
  append(ring);
  expect(last()).toMatchObject({ n: 7, prev: NO_HASH });
  rmSync(log);
  append(ring, audit);
  expect(last()).toMatchObject({ n: 8, prev: audit.head });
});

test("half a line is removed, whole ones stay", () => {
  const { ring, log } = place("a\nhalf");
  append(ring);
  const lines = readFileSync(log, "utf8").split("\n");
  expect([lines.length, lines[0], readEntry(lines[1] ?? "")?.n, lines[2]]).toEqual([3, "a", 2, ""]);
});

test("a user without a name is named by number, and a system without numbers by none", () => {
  const { ring } = place();
  const by = (): unknown => {
    append(ring);
    return readEntry(readLog(ring).lines.at(-1) ?? "")?.by;
  };
  const original = os.userInfo;
  onTestFinished(() => {
    os.userInfo = original;
    syncBuiltinESMExports();
  });
  os.userInfo = () => {
    throw new Error("uv_os_get_passwd returned ENOENT");
  };
  syncBuiltinESMExports();
  vi.stubGlobal("process", Object.create(process, { getuid: { value: () => 4_711, configurable: true } }));
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(by()).toBe(`uid 4711@${hostname()}`);
  vi.stubGlobal("process", Object.create(process, { getuid: { value: undefined } }));
  expect(by()).toBe(`uid unknown@${hostname()}`);
});
