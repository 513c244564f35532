import { describe, expect, test } from "vitest";
import type { Revocation, RevocationPage } from "sealed-session";
import { newCopy } from "../../dist/revocation/replicated/copy.js";
import { LIVE } from "./replicated-world.js";

const NOW = 1_767_225_600_000;
const RETENTION = 1_000;
const MARGIN = 50;

function pageOf(entries: readonly Revocation[], more: Partial<RevocationPage> = {}): RevocationPage {
  return { entries, cursor: "", more: false, list: "list", all: 0, retention: RETENTION, ...more };
}

/** A copy with a margin, after a page. */
function copyWith(entries: readonly Revocation[], more?: Partial<RevocationPage>) {
  const copy = newCopy(NOW);
  copy.keepLonger(MARGIN);
  copy.merge(pageOf(entries, more), NOW);
  return copy;
}

const session = (sid: string, more: object = {}): Revocation => ({
  kind: "session",
  sid,
  state: "revoked",
  since: NOW,
  ...more,
});
const subject = (generation: number, since = NOW): Revocation => ({
  kind: "subject",
  subject: "ada",
  generation,
  since,
});
const ADA = { sid: "a", subject: "ada" };

/** What each of these times says, in ms after `NOW`. */
const subjectAt = (copy: ReturnType<typeof newCopy>, ...times: number[]) =>
  times.map((ms) => copy.facts(ADA, NOW + ms)?.generations.subject);
const sessionAt = (copy: ReturnType<typeof newCopy>, sid: string, ...times: number[]) =>
  times.map((ms) => copy.facts({ sid }, NOW + ms)?.session);

test("an empty copy refuses nobody, and takes two empty sets", () => {
  const copy = newCopy(NOW);
  expect(copy.facts({ sid: "a", subject: "ada", keys: ["k1"] }, NOW)).toEqual(LIVE);
  expect([copy.retention, copy.margin, copy.sessions, copy.bytes]).toEqual([0, 0, 0, 2 * 676]);
  expect([copy.lasting.all, [...copy.lasting.keys]]).toEqual([0, []]);
});

describe("a session of the list", () => {
  test("stays until its deadline and the margin, to the millisecond", () => {
    const copy = copyWith([session("a", { until: NOW + 100 })]);
    expect(sessionAt(copy, "a", 150, 151)).toEqual(["revoked", "live"]);
  });

  test("without a deadline stays for the retention and the margin since it was entered", () => {
    const copy = copyWith([session("a", { since: NOW - 200 })]);
    expect(sessionAt(copy, "a", 850, 851)).toEqual(["revoked", "live"]);
  });

  test("that is superseded is told from one that is revoked, which outweighs it", () => {
    const copy = copyWith([
      session("a", { state: "superseded" }),
      session("b"),
      session("c"),
      session("c", { state: "superseded" }),
    ]);
    expect(["a", "b", "c"].map((sid) => sessionAt(copy, sid, 0)[0])).toEqual(["superseded", "revoked", "revoked"]);
    expect([copy.sessions, copy.bytes]).toEqual([4, 2 * 676 + 400]);
  });
});

describe("a subject's generation", () => {
  test("holds while the store surely has it, then the store has to be asked, then it is over", () => {
    const copy = copyWith([subject(7)]);
    expect(subjectAt(copy, 949, 950, 1_050, 1_051)).toEqual([7, undefined, undefined, 0]);
    expect(copy.facts(ADA, NOW + 950)).toBeUndefined();
    // Only for whom it is about.
    expect(copy.facts({ sid: "a" }, NOW + 950)).toEqual(LIVE);
    expect(copy.facts({ sid: "a", subject: "bob" }, NOW + 950)).toEqual(LIVE);
  });

  test("is replaced by a newer one, and not by an older", () => {
    const copy = copyWith([subject(7), subject(6, NOW + 300), subject(8, NOW + 100)]);
    expect(subjectAt(copy, 949, 1_049, 1_050)).toEqual([8, 8, undefined]);
    copy.merge(pageOf([subject(7, NOW + 300)]), NOW + 300);
    expect(subjectAt(copy, 1_050)).toEqual([undefined]);
  });

  test("that a check told first dates from when the list says", () => {
    const copy = copyWith([]);
    copy.learn(ADA, { ...LIVE, session: "live", generations: { all: 0, subject: 7 } }, NOW + 500);
    expect(subjectAt(copy, 1_449, 1_450)).toEqual([7, undefined]);
    copy.merge(pageOf([subject(7)]), NOW + 600);
    expect(subjectAt(copy, 949, 950)).toEqual([7, undefined]);
  });

  test("is entered up to the moment it is over, and not after", () => {
    const entered = (since: number) => {
      const copy = copyWith([]);
      copy.merge(pageOf([subject(7, since)]), NOW);
      // By a clock that was set back since.
      return copy.facts(ADA, since)?.generations.subject;
    };
    expect([entered(NOW - 1_050), entered(NOW - 1_051)]).toEqual([7, 0]);
  });
});

test("the global generation and the retention only grow", () => {
  const copy = copyWith([], { all: 5 });
  copy.merge(pageOf([], { all: 3, retention: 10 }), NOW);
  expect([copy.facts(ADA, NOW)?.generations.all, copy.retention]).toEqual([5, RETENTION]);
  copy.merge(pageOf([], { all: 6, retention: 2_000 }), NOW);
  expect([copy.facts(ADA, NOW)?.generations.all, copy.retention]).toEqual([6, 2_000]);
});

test("of two margins the longer counts", () => {
  const copy = copyWith([]);
  copy.keepLonger(MARGIN - 1);
  expect(copy.margin).toBe(MARGIN);
  copy.keepLonger(MARGIN + 1);
  expect(copy.margin).toBe(MARGIN + 1);
});

test("of the keys that are asked about, those on the list are named, and nobody else's", () => {
  const copy = copyWith([
    { kind: "key", id: "k1", since: NOW },
    { kind: "key", id: "k2", since: NOW },
  ]);
  expect(copy.facts({ sid: "a", keys: ["k0", "k2"] }, NOW)?.revokedKeys).toEqual(["k2"]);
  expect(copy.facts({ sid: "a" }, NOW)?.revokedKeys).toEqual([]);
});

describe("what the store answered a check", () => {
  const learnt = (facts: object, query: object = {}) => {
    const copy = copyWith([subject(7)], { all: 5 });
    const generations = { all: 0, subject: 0 };
    copy.learn({ ...ADA, ...query }, { ...LIVE, generations, session: "live", ...facts }, NOW + 500);
    return copy;
  };

  test("about a session stays for the retention and the margin from then on", () => {
    expect(sessionAt(learnt({ session: "revoked" }), "a", 1_550, 1_551)).toEqual(["revoked", "live"]);
    expect(sessionAt(learnt({ session: "superseded" }), "a", 1_550, 1_551)).toEqual(["superseded", "live"]);
    expect(learnt({ session: "live" }).sessions).toBe(0);
  });

  test("about a subject counts where it is newer, and otherwise changes no date", () => {
    expect(subjectAt(learnt({ generations: { all: 0, subject: 8 } }), 1_449, 1_450)).toEqual([8, undefined]);
    expect(subjectAt(learnt({ generations: { all: 0, subject: 7 } }), 949, 950)).toEqual([7, undefined]);
    expect(subjectAt(learnt({ generations: { all: 0, subject: 6 } }), 949, 950)).toEqual([7, undefined]);
  });

  test("of nobody in particular, or of a subject that was never revoked, is nothing to remember", () => {
    const nobody = learnt({ generations: { all: 0, subject: 9 } }, { subject: undefined });
    expect(subjectAt(nobody, 0)).toEqual([7]);
    const bob = learnt({ generations: { all: 0, subject: 0 } }, { subject: "bob" });
    expect(bob.facts({ sid: "x", subject: "bob" }, NOW + 1_500)).toEqual({
      ...LIVE,
      generations: { all: 5, subject: 0 },
    });
  });

  test("about everything, and about keys, stays", () => {
    const copy = learnt({ generations: { all: 9, subject: 0 }, revokedKeys: ["k1"] });
    expect(copy.facts({ sid: "b", keys: ["k1", "k2"] }, NOW)).toEqual({
      session: "live",
      generations: { all: 9, subject: 0 },
      revokedKeys: ["k1"],
    });
    expect(learnt({}).facts({ sid: "b" }, NOW)?.generations.all).toBe(5);
  });
});

test("a copy inherits the global generation and the keys, and nothing else", () => {
  const lost = copyWith([session("a"), subject(7), { kind: "key", id: "k1", since: NOW }], { all: 5 });
  const copy = newCopy(NOW);
  copy.inherit(lost);
  expect(copy.facts({ ...ADA, keys: ["k1"] }, NOW)).toEqual({
    session: "live",
    generations: { all: 5, subject: 0 },
    revokedKeys: ["k1"],
  });
  expect([copy.lasting.all, [...copy.lasting.keys], copy.retention, copy.margin]).toEqual([5, ["k1"], 0, 0]);
  const newer = copyWith([], { all: 6 });
  newer.inherit(lost);
  expect(newer.lasting.all).toBe(6);
});

test("a sweep looks at eight sessions of each kind, and at two hundred subjects", () => {
  const kinds = ["revoked", "superseded"] as const;
  const sessions = kinds.flatMap((state) => Array.from({ length: 10 }, (_, i) => session(`${state}-${i}`, { state })));
  const subjects = Array.from({ length: 250 }, (_, i) => `subject-${i}`);
  const copy = copyWith([
    ...sessions,
    ...subjects.map((name): Revocation => ({ kind: "subject", subject: name, generation: 7, since: NOW })),
  ]);
  // By a clock that is set back afterwards: what is still there is seen again.
  const left = () => subjects.filter((name) => copy.facts({ sid: "a", subject: name }, NOW)?.generations.subject);
  copy.sweep(NOW + 1_050);
  expect([copy.sessions, left().length]).toEqual([20, 250]);
  const swept = copyWith([...sessions]);
  swept.sweep(NOW + 1_051);
  expect([swept.sessions, sessionAt(swept, "revoked-9", 0), sessionAt(swept, "superseded-9", 0)]).toEqual([
    4,
    ["revoked"],
    ["superseded"],
  ]);
  // The first sweep looked at 200 of them, and so the next begins with the others.
  copy.sweep(NOW + 1_051);
  expect(left()).toHaveLength(200);
  copy.sweep(NOW + 1_051);
  expect(left()).toHaveLength(0);
});
