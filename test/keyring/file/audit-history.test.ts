import { expect, test } from "vitest";
import { type AuditEntry, NO_HASH } from "../../../dist/keyring/file/audit-entry.js";
import { History } from "../../../dist/keyring/file/audit-history.js";

type Step = Partial<AuditEntry> & Pick<AuditEntry, "from" | "revision">;

/** Follows a log. A step is an entry's fields; `undefined` is a line that cannot be read. */
function follow(steps: readonly (Step | undefined)[], head?: number) {
  const entries = steps.map((step, index): AuditEntry | undefined => {
    return (
      step && {
        n: index + 1,
        at: "2026-01-01T00:00:00.000Z",
        verb: step.from === 0 ? "init" : "rotate",
        ringId: "a",
        ring: NO_HASH,
        keys: [],
        by: "ada@host",
        prev: NO_HASH,
        hash: NO_HASH,
        ...step,
      }
    );
  });
  const history = new History(head === undefined ? undefined : entries[head - 1]);
  return { problems: entries.map((entry) => history.add(entry)), notes: history.notes() };
}

/** Made from a revision, the next one unless said otherwise. */
const step = (from: number, revision = from + 1, more: Partial<AuditEntry> = {}): Step => ({ from, revision, ...more });
const ofB = { ringId: "b" } as const;
const unknown = (from: number, ring = "a") =>
  `was made from revision ${from} of the ring ${ring}, which no change before it made`;
const interrupted = (n: number, verb: string, revision: number) =>
  `entry ${n} (${verb}, revision ${revision}) is not in the ring: it was interrupted before it took effect, or an older ring was put back`;

test("a log without a line says nothing", () => {
  expect(follow([])).toEqual({ problems: [], notes: [] });
});

test.each([1, 2, 3, undefined])("changes that follow one another are in order; the ring's last is entry %s", (head) => {
  expect(follow([step(0), step(1), step(2)], head)).toEqual({ problems: [[], [], []], notes: [] });
});

test.each([
  ["a ring that was made", "init", []],
  ["a ring that was imported, whatever its revision", "import", []],
  ["a ring that was changed", "rotate", ["goes from revision 0 to 0"]],
] as const)("%s may begin a log", (_what, verb, problems) => {
  expect(follow([step(0, 7, { verb })]).problems).toEqual([[]]);
  expect(follow([step(0, 0, { verb })]).problems).toEqual([problems]);
});

test("a log that begins later says what is not in it", () => {
  expect(follow([step(4), step(5)], 2)).toEqual({
    problems: [[], []],
    notes: ["the log begins with revision 5: what made the ring is not in it"],
  });
  // That it calls itself so does not make it a beginning.
  expect(follow([step(4, 5, { verb: "init" })]).notes).toEqual([
    "the log begins with revision 5: what made the ring is not in it",
  ]);
  expect(follow([undefined, step(4)], 2).notes).toEqual([
    "the log begins with revision 5: what made the ring is not in it",
  ]);
});

test("a change goes above the revision that it was made from, and above every one before it", () => {
  expect(follow([step(0), step(1), step(2, 2)]).problems[2]).toEqual(["goes from revision 2 to 2"]);
  expect(follow([step(0), step(1), step(2, 1)]).problems[2]).toEqual(["goes from revision 2 to 1"]);
  expect(follow([step(0), step(1), step(1)]).problems[2]).toEqual(["goes from revision 2 to 2"]);
  expect(follow([step(0), step(1), step(1, 3)]).problems[2]).toEqual([]);
  expect(follow([step(4), step(4, 3)]).problems[1]).toEqual(["goes from revision 5 to 3"]);
  // Each ring counts for itself.
  expect(follow([step(0), step(1), step(0, 1, ofB), step(1, 2, ofB)]).problems).toEqual([[], [], [], []]);
});

test("what a change was made from is in the log, unless the line before is missing", () => {
  expect(follow([step(0), step(3)]).problems).toEqual([[], [unknown(3)]]);
  expect(follow([step(0), undefined, step(3)]).problems).toEqual([[], [], []]);
  expect(follow([step(0), undefined, step(3), step(7)]).problems).toEqual([[], [], [], [unknown(7)]]);
  expect(follow([step(0), step(1, 2, ofB)]).problems).toEqual([[], [unknown(1, "b")]]);
  expect(follow([step(0), step(2, 2)]).problems[1]).toEqual(["goes from revision 2 to 2"]);
});

test("what follows the ring's last change was made from it, or from what was", () => {
  const log = [step(0), step(1), step(2)];
  const problem = (revision: number, at: number) => `was made from revision ${revision}, while the ring is at ${at}`;
  expect(follow([...log, step(3), step(4)], 3).problems).toEqual([[], [], [], [], []]);
  expect(follow([...log, step(3), step(3, 5)], 3).problems[4]).toEqual([]);
  expect(follow([...log, step(1, 4)], 3).problems[3]).toEqual([problem(1, 3)]);
  expect(follow([...log, step(1, 4), step(4)], 3).problems.slice(3)).toEqual([[problem(1, 3)], [problem(4, 3)]]);
  // Before it, an older ring may have been put back.
  expect(follow([...log, step(1, 4)], 4).problems).toEqual([[], [], [], []]);
  expect(follow([...log, step(1, 4)]).problems).toEqual([[], [], [], []]);
});

test("a new ring may follow the ring's last change, and what is made from that", () => {
  const log = [step(0), step(1), step(0, 1, ofB), step(1, 2, ofB)];
  expect(follow(log, 2).problems).toEqual([[], [], [], []]);
  expect(follow([...log, step(1, 3)], 2).problems[4]).toEqual(["was made from revision 1, while the ring is at 2"]);
  // One that came before it may not.
  const before = [step(0, 1, ofB), step(0), step(1), step(1, 2, ofB)];
  expect(follow(before, 3).problems[3]).toEqual(["was made from revision 1, while the ring is at 2"]);
  expect(follow(before, 4).problems).toEqual([[], [], [], []]);
});

test("changes that were made from the same ring as the next one are told one by one", () => {
  const verb = "revoke";
  expect(follow([step(0), step(1), step(2, 3, { verb }), step(2, 4), step(2, 5)], 5).notes).toEqual([
    interrupted(3, "revoke", 3),
    interrupted(4, "rotate", 4),
  ]);
  // Of a ring that names no entry the last one counts.
  expect(follow([step(0), step(1), step(2, 3, { verb }), step(2, 4)]).notes).toEqual([interrupted(3, "revoke", 3)]);
  expect(follow([step(0), step(1), step(1, 3), step(3), step(3, 5)]).notes).toEqual([
    interrupted(2, "rotate", 2),
    interrupted(4, "rotate", 4),
  ]);
});

test("changes that an older ring lacks are told as one", () => {
  const back = (revision: number, n: number, what: string) =>
    `an older ring, revision ${revision}, was put back before entry ${n}: ${what} not in the ring`;
  expect(follow([step(0), step(1), step(2), step(1, 4)]).notes).toEqual([back(1, 4, "entries 2 to 3 are")]);
  // The first was made from the same ring, too; the second was not.
  expect(follow([step(0), step(1), step(1, 3), step(3), step(1, 5)]).notes).toEqual([back(1, 5, "entries 2 to 4 are")]);
  expect(follow([step(0), step(1), step(0, 1, ofB), step(1, 3)], 4).notes).toEqual([back(1, 4, "entries 2 to 3 are")]);
  expect(follow([step(0), step(0, 1, ofB), step(1)], 3).notes).toEqual([back(1, 3, "entry 2 is")]);
  // From a revision of the same number, but of another ring.
  const other = [step(0, 1, ofB), step(0), step(1, 2, ofB), step(1)];
  expect(follow(other, 4).notes).toContain(back(1, 4, "entry 3 is"));
});

test("what follows the ring's last change is no note", () => {
  expect(follow([step(0), step(1), step(2), step(3)], 2).notes).toEqual([]);
  expect(follow([step(0), step(1), step(1, 3), step(3)], 3).notes).toEqual([interrupted(2, "rotate", 2)]);
});

test("a ring that was made in the place of another, or anew, is told", () => {
  const begins = (n: number) => `entry ${n} begins the ring b; what is before it is about a`;
  expect(follow([step(0), step(1), step(0, 1, ofB), step(1, 2, ofB)]).notes).toEqual([begins(3)]);
  expect(follow([step(0), step(0, 1, { ...ofB, verb: "import" })]).notes).toEqual([begins(2)]);
  expect(follow([step(0), step(1), step(0, 5, { verb: "import" }), step(5)]).notes).toEqual([
    "entry 3 makes the ring a anew, at revision 5; it was at 2",
  ]);
  expect(follow([step(0), step(0, 1, ofB), step(1)], 2).notes).toEqual([begins(2)]);
});
