import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { formatRingFile } from "../../../dist/keyring/file/document.js";
import { formatSecret } from "../../../dist/keyring/secret.js";
import { atOnce, type Ended, type Interruption, runKeys } from "./support/command-line.js";
import { isLockDraft, leftovers, logOf, newRing, readWhole, ringToPrune, tempFolder } from "./support/rings.js";

const SECRET = /sealed_(?:key|ring)_\w/;
const IMPORTED = [1, 2].map((seed) => formatSecret(new Uint8Array(32).map((_, at) => (at * 53 + seed * 101) & 255)));

/** A change that is interrupted at every one of its file-system calls. */
interface Drill {
  readonly name: string;
  /** Makes the ring that is changed, if there is one before. */
  readonly before: (folder: string) => string;
  readonly args: (file: string) => string[];
  readonly input?: string;
}

const DRILLS: readonly Drill[] = [
  { name: "init", before: ringPath, args: () => ["init"] },
  { name: "import", before: ringPath, args: () => ["import"], input: IMPORTED.join("\n") },
  { name: "rotate", before: newRing, args: () => ["rotate"] },
  { name: "prune", before: ringToPrune, args: () => ["prune"] },
];

function ringPath(folder: string): string {
  return path.join(folder, "keyring.json");
}

test.each(DRILLS)(
  "keys $name, killed at every file-system call, leaves the old ring or the new one",
  async (drill) => {
    const calls = await callsOf(drill);
    // A lock, a log, a draft, and what makes them durable.
    expect(calls.length).toBeGreaterThan(20);
    const halves = calls.flatMap((call, index) => (/^(?:write|append)/.test(call) ? [index + 1] : []));
    expect(halves.length).toBeGreaterThan(2);
    const points = [
      ...calls.map((_, index): Point => ({ at: index + 1, how: "kill" })),
      ...halves.map((at): Point => ({ at, how: "half" })),
    ];
    const seen = { old: 0, new: 0 };
    await atOnce(points, async (point) => void seen[await killAt(drill, point)]++);
    // The last calls come after the change took effect.
    expect(seen.old).toBeGreaterThan(10);
    expect(seen.new).toBeGreaterThan(3);
    // One call further the change ends by itself: no call is missing.
    const { file, ended } = await run(drill, { at: calls.length + 1, how: "kill" });
    expect([ended.code, ended.signal, ended.stderr]).toEqual([0, null, expect.any(String)]);
    expect(leftovers(file)).toEqual([]);
  },
  120_000,
);

type Point = Required<Pick<Interruption, "at" | "how">>;

interface Run {
  readonly file: string;
  readonly ended: Ended;
  /** The ring of before, if there was one. */
  readonly before: string | undefined;
  /** Whether the folder is not as it was. */
  readonly touched: boolean;
}

/** Runs the change in a new folder. */
async function run(drill: Drill, point: Partial<Point>, trace?: string): Promise<Run> {
  const folder = tempFolder();
  const file = drill.before(folder);
  const before = existsSync(file) ? formatRingFile(readWhole(file)) : undefined;
  const disk = onDisk(folder);
  const interruption = { folder, ...point, ...(trace && { trace }) };
  const ended = await runKeys([...drill.args(file), "--file", file], interruption, drill.input);
  return { file, ended, before, touched: onDisk(folder) !== disk };
}

/** Everything that a folder holds. */
function onDisk(folder: string): string {
  return JSON.stringify(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

/** The file-system calls of the change, when nothing interrupts it. */
async function callsOf(drill: Drill): Promise<string[]> {
  const trace = path.join(tempFolder(), "trace");
  const { ended } = await run(drill, {}, trace);
  expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
  return readFileSync(trace, "utf8").trimEnd().split("\n");
}

/** The log fits the ring; before the ring it has the change. */
function expectInterruptedAtMost(file: string, point: Point, outcome: "old" | "new"): void {
  const { problems } = verifyLog(file, readWhole(file));
  expect([point, problems.length]).toEqual([point, outcome === "new" ? 0 : expect.toBeOneOf([0, 1])]);
  for (const problem of problems) expect(problem).toMatch(/^entry \d+ \(\w+, revision \d+\) is not in the ring/);
}

/** @returns which ring was there afterwards */
async function killAt(drill: Drill, point: Point): Promise<"old" | "new"> {
  const { file, ended, before, touched } = await run(drill, point);
  expect([point, ended.signal]).toEqual([point, "SIGKILL"]);
  if (!touched) return "old";
  const after = existsSync(file) ? formatRingFile(readWhole(file)) : undefined;
  const outcome = after === before ? "old" : "new";
  if (before !== undefined && outcome === "new") {
    const revisions = [before, after].map((text) => (JSON.parse(text ?? "") as { revision: number }).revision);
    expect(revisions[1]).toBe((revisions[0] ?? 0) + 1);
  }
  if (after !== undefined) expectInterruptedAtMost(file, point, outcome);
  // Whoever comes next goes on at once: nobody has to clean up first.
  const next = after === undefined ? [drill.name] : ["rotate", "--another"];
  const going = await runKeys([...next, "--file", file], undefined, after === undefined ? drill.input : "");
  expect([point, going.code, going.stderr]).toEqual([point, 0, expect.any(String)]);
  expect([point, leftovers(file).filter((name) => !isLockDraft(name))]).toEqual([point, []]);
  for (const name of leftovers(file)) {
    expect(readFileSync(path.join(path.dirname(file), name), "utf8")).not.toMatch(SECRET);
  }
  expect([point, verifyLog(file, readWhole(file)).problems]).toEqual([point, []]);
  expect(logOf(file)).not.toMatch(SECRET);
  if (point.how === "half") {
    const audit = await runKeys(["audit", "--file", file]);
    expect([point, audit.code, audit.stderr]).toEqual([point, 0, expect.stringContaining("The log is whole")]);
  }
  return outcome;
}
