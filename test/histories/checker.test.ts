import { describe, expect, test } from "vitest";
import { parseHistory } from "./checker/history.mjs";
import { accepted, begin, BOUNDS, judge, login, refused, regenerate, revoke } from "./support/story.js";

/** Later than anything before, and the bound. */
const LATE = 5_000;

describe("a session is refused once it has ended and the bound is over", () => {
  test.each([
    ["the session", revoke("revokeSession", 100)],
    ["its subject", revoke("revokeSubject", 100)],
    ["everything", revoke("revokeAll", 100)],
    ["itself, by logging out", revoke("logout", 100, { session: "a", opened: "accepted" })],
  ])("somebody ended %s", (_, end) => {
    expect(judge([login(0), end, accepted(1_100), refused(LATE, "revoked")])).toEqual([]);
    expect(judge([login(0), end, accepted(1_111)])).toEqual([
      "bound: accepted 1 ms after it was revoked and the bound",
    ]);
    const here = { ...end, at: "here" };
    expect(judge([login(0), here, accepted(109), refused(111, "revoked")])).toEqual([]);
    expect(judge([login(0), here, accepted(111)])).toEqual([
      "bound: accepted 1 ms after it was revoked through this very replica",
    ]);
  });

  test("a request that was accepted by regenerating, too", () => {
    const late = regenerate(1_200, "a", "b", { result: "unavailable" });
    delete late.left;
    expect(judge([login(0), revoke("revokeSession", 100), late])).toEqual([
      "bound: accepted 90 ms after it was revoked and the bound",
    ]);
  });

  test("of several ends the first counts; one of somebody else does not", () => {
    const ends = [revoke("revokeSubject", 4_000), revoke("revokeSession", 100), revoke("revokeAll", 3_000)];
    expect(judge([login(0), ...ends, accepted(2_000)])).toHaveLength(1);
    const others = [revoke("revokeSubject", 100, { subject: "bob" }), revoke("revokeSession", 100, { target: "z" })];
    expect(judge([login(0), login(50, "z", { subject: "bob" }), ...others, accepted(LATE)])).toEqual([]);
  });

  test("the id that another took the place of", () => {
    const story = [login(0), regenerate(100, "a", "b", { at: "away" })];
    expect(judge([...story, accepted(1_105), accepted(LATE, "b"), refused(LATE, "superseded")])).toEqual([]);
    expect(judge([...story, accepted(LATE)])).toEqual(["bound: accepted 3890 ms after it was replaced and the bound"]);
    const again = login(100, "b", { session: "a", at: "away" });
    expect(judge([login(0), again, accepted(LATE)])).toHaveLength(1);
  });

  test("everybody else's of the user, but not the one that asked", () => {
    const others = regenerate(100, "b", "c", { kind: "revokeOthers", at: "away" });
    const story = [login(0), login(20, "b"), others];
    expect(judge([...story, accepted(LATE, "c"), refused(LATE, "revoked"), refused(LATE, "superseded", "b")])).toEqual(
      [],
    );
    expect(judge([...story, accepted(LATE)])).toHaveLength(1);
    const mine = [login(0), regenerate(50, "a", "b"), others, regenerate(200, "c", "d"), accepted(LATE, "d")];
    expect(judge(mine)).toEqual([]);
  });

  test("a new id that had been given before its chain was ended", () => {
    const story = [login(0), regenerate(50, "a", "b"), revoke("revokeSession", 100)];
    expect(judge([...story, refused(LATE, "revoked", "b")])).toEqual([]);
    expect(judge([...story, accepted(LATE, "b")])).toEqual([
      "bound: accepted 3890 ms after it was revoked and the bound",
    ]);
    const byLogin = [login(0), login(50, "b", { session: "a" }), revoke("revokeSession", 100)];
    expect(judge([...byLogin, accepted(LATE, "b")])).toHaveLength(1);
  });

  test("not one that a login began meanwhile or afterwards, or for another user", () => {
    const during = login(95, "b", { session: "a" });
    for (const next of [during, login(200, "b", { session: "a" })])
      expect(judge([login(0), revoke("revokeSession", 100), next, accepted(LATE, "b")])).toEqual([]);
    const bob = login(50, "b", { session: "a", subject: "bob" });
    expect(judge([login(0), bob, revoke("revokeSession", 100), accepted(LATE, "b")])).toEqual([]);
    const twice = [
      login(0),
      revoke("revokeSession", 20),
      login(50, "b", { session: "a" }),
      revoke("revokeSession", 100),
    ];
    expect(judge([...twice, accepted(LATE, "b")])).toEqual([]);
  });

  test("not by an end that nobody acknowledged", () => {
    for (const result of ["unknown", "unavailable", "unreached"])
      expect(judge([login(0), revoke("revokeAll", 100, { result }), accepted(LATE)])).toEqual([]);
  });

  test("not where the login was not over when the end was asked for", () => {
    expect(judge([login(95), revoke("revokeSubject", 100), accepted(LATE)])).toEqual([]);
  });
});

describe("what was refused as ended stays so", () => {
  const unsure = revoke("revokeSubject", 100, { result: "unknown" });

  test.each(["revoked", "superseded"])("%s", (reason) => {
    const cause = reason === "revoked" ? unsure : regenerate(100, "a", "b", { result: "unknown" });
    delete cause.left;
    expect(judge([login(0), cause, refused(200, reason, "a", { at: "there" }), accepted(1_200)])).toEqual([]);
    expect(judge([login(0), cause, refused(200, reason, "a", { at: "there" }), accepted(LATE)])).toEqual([
      "stays: accepted after it was refused as ended, and the bound",
    ]);
    expect(judge([login(0), cause, refused(200, reason), accepted(210)])).toEqual([
      "stays: accepted after this very replica refused it as ended",
    ]);
  });

  test("what is revoked is not merely superseded later", () => {
    const story = [login(0), revoke("revokeSession", 100), login(2_000, "b", { session: "a", opened: "revoked" })];
    expect(judge([...story, refused(LATE, "revoked")])).toEqual([]);
    expect(judge([...story, refused(LATE, "superseded")])).toEqual([
      "stays: refused as superseded after it was revoked",
    ]);
    const everywhere = [login(0), revoke("revokeSubject", 100), login(2_000, "b", { session: "a", opened: "revoked" })];
    expect(judge([...everywhere, refused(LATE, "superseded")])).toEqual([]);
  });
});

describe("a login right after `everywhere` holds", () => {
  test.each(["revokeSubject", "revokeAll"] as const)("%s", (kind) => {
    expect(judge([revoke(kind, 100), login(111), accepted(120), accepted(LATE)])).toEqual([]);
    expect(judge([revoke(kind, 100), login(111), refused(120, "revoked")])).toEqual([
      "login: refused although it began after `everywhere` had ended",
    ]);
    // In either order, when they ran at once; and until somebody does it again.
    expect(judge([revoke(kind, 100), login(105), refused(200, "revoked")])).toEqual([]);
    expect(judge([revoke(kind, 100), login(111), revoke(kind, 130), refused(200, "revoked")])).toEqual([]);
  });

  test("what nobody knows the outcome of may come late, but not after things have settled", () => {
    const unsure = revoke("revokeAll", 100, { result: "unknown" });
    expect(judge([unsure, login(500), refused(600, "revoked")])).toEqual([]);
    expect(judge([unsure, login(500), refused(600, "revoked")], [550])).toEqual([]);
    expect(judge([unsure, login(500), refused(600, "revoked")], [450])).toHaveLength(1);
  });
});

describe("no session ends that nobody ended", () => {
  test("revoked", () => {
    expect(judge([login(0), refused(50, "revoked"), revoke("revokeAll", 60)])).toEqual([
      "spared: refused as revoked, and nobody revoked it",
    ]);
    expect(judge([login(0), revoke("revokeAll", 54), refused(50, "revoked")])).toEqual([]);
    expect(judge([login(0), revoke("revokeSubject", 10, { subject: "bob" }), refused(50, "revoked")])).toHaveLength(1);
    const unreached = revoke("revokeSession", 10, { result: "unreached" });
    expect(judge([login(0), unreached, refused(50, "revoked")])).toHaveLength(1);
  });

  test("with its chain, forwards only, and not over a login that came after", () => {
    const chain = [login(0), regenerate(50, "a", "b")];
    expect(judge([...chain, revoke("revokeSession", 100), refused(200, "revoked", "b")])).toEqual([]);
    const onward = [...chain, revoke("revokeSession", 100, { target: "b" }), refused(LATE, "superseded")];
    expect(judge(onward)).toEqual([]);
    const anew = [login(0), revoke("revokeSession", 20), login(50, "b", { session: "a" })];
    expect(judge([...anew, refused(LATE, "revoked", "b")])).toHaveLength(1);
    const bob = [login(0), login(20, "b", { session: "a", subject: "bob" }), revoke("revokeSession", 50)];
    expect(judge([...bob, refused(LATE, "revoked", "b")])).toHaveLength(1);
  });

  test("the one that signed the others out", () => {
    const others = regenerate(100, "a", "b", { kind: "revokeOthers" });
    expect(judge([login(0), others, refused(200, "revoked", "b")])).toHaveLength(1);
    expect(judge([login(0), login(50, "z"), others, refused(200, "revoked", "z")])).toEqual([]);
  });

  test("superseded", () => {
    expect(judge([login(0), refused(50, "superseded")])).toEqual([
      "spared: refused as superseded, and nothing took its place",
    ]);
    const lost = regenerate(20, "a", "b", { result: "unknown" });
    delete lost.left;
    expect(judge([login(0), lost, refused(50, "superseded")])).toEqual([]);
    expect(judge([login(0), { ...lost, result: "superseded" }, refused(50, "superseded")])).not.toEqual([]);
    expect(
      judge([login(0), { ...lost, opened: "unavailable", result: "unavailable" }, refused(50, "superseded")]),
    ).toHaveLength(1);
  });

  test("a new id ends before it is handed out, and the old one has been replaced all the same", () => {
    const between = regenerate(50, "a", "b", { result: "revoked", complete: 200 });
    delete between.left;
    const story = [login(0), between, revoke("revokeSubject", 100), refused(300, "superseded")];
    expect(judge(story)).toEqual([]);
    const others = { ...between, kind: "revokeOthers" as const };
    expect(
      judge([login(0), login(0, "z"), others, revoke("revokeSession", 100), refused(300, "revoked", "z")]),
    ).toEqual([]);
    // Not so what began afterwards.
    const late = [login(0), others, revoke("revokeSession", 100), login(210, "z"), refused(300, "revoked", "z")];
    expect(judge(late)).toHaveLength(1);
  });

  test("a request is refused while it runs", () => {
    const running = accepted(200, "a", { result: "revoked" });
    expect(judge([login(0), revoke("revokeSession", 202), running])).toEqual([]);
    expect(judge([login(0), running])).toHaveLength(1);
  });

  test.each(["premature", "tampered", "unknown_key", "key_revoked", "schema", "ambiguous", "nobody"])(
    "%s",
    (reason) => {
      expect(judge([login(0), refused(50, reason)])).toHaveLength(1);
    },
  );

  test("an outage takes no cookie away, except for somebody who logs out", () => {
    const outage = { result: "unavailable", opened: "unavailable" };
    expect(judge([login(0), accepted(50, "a", outage)])).toEqual([]);
    expect(judge([login(0), accepted(50, "a", { ...outage, cleared: true })])).toEqual([
      "spared: the answer took the session's cookie away",
    ]);
    expect(judge([login(0), revoke("logout", 50, { session: "a", result: "unavailable", cleared: true })])).toEqual([]);
  });

  test("a guest ends with everything, or by its id", () => {
    expect(judge([begin(0, "g"), revoke("revokeAll", 50), refused(100, "revoked", "g")])).toEqual([]);
    expect(judge([begin(0, "g"), revoke("revokeAll", 50), accepted(LATE, "g")])).toHaveLength(1);
    expect(judge([begin(0, "g"), revoke("revokeSubject", 50), refused(100, "revoked", "g")])).toHaveLength(1);
  });
});

describe("a stalled request outlives nothing by a new id", () => {
  test.each(["revokeSession", "revokeSubject", "revokeAll"] as const)("%s", (kind) => {
    // It was sent before the end and answered after it: the step came first, so its id has ended with the rest.
    const stalled = regenerate(50, "a", "b", { complete: 900 });
    expect(judge([login(0), stalled, revoke(kind, 100), accepted(1_100, "b"), refused(LATE, "revoked", "b")])).toEqual(
      [],
    );
    expect(judge([login(0), stalled, revoke(kind, 100), accepted(LATE, "b")])).toEqual([
      "thief: accepted 3890 ms after it was revoked and the bound",
    ]);
    const onward = regenerate(950, "b", "c", { at: "there" });
    expect(judge([login(0), stalled, revoke(kind, 100), onward, accepted(LATE, "c")]).join()).toContain("thief:");
    expect(judge([login(0), revoke(kind, 100), regenerate(111, "a", "b")])).toEqual([
      "thief: a new id was given after the session was revoked",
    ]);
    expect(judge([login(0), revoke(kind, 100), regenerate(105, "a", "b")])).toEqual([]);
    const late = regenerate(111, "a", "b", { result: "revoked" });
    delete late.left;
    expect(judge([login(0), revoke(kind, 100), late])).toEqual([]);
  });

  test("a login meanwhile is no request of the thief's", () => {
    const story = [login(0), login(50, "b", { session: "a", complete: 900 }), revoke("revokeSubject", 100)];
    expect(judge([...story, accepted(LATE, "b")])).toEqual([]);
    expect(judge([...story, refused(LATE, "revoked", "b")])).toEqual([]);
  });

  test("by signing the others out, too", () => {
    const others = (invoke: number, complete: number) =>
      regenerate(invoke, "a", "b", { kind: "revokeOthers", complete });
    expect(judge([login(0), others(50, 900), revoke("revokeSubject", 100), accepted(LATE, "b")])).toHaveLength(1);
    expect(judge([login(0), revoke("revokeSubject", 100), others(200, 300)])).toHaveLength(1);
  });

  test("one id gets one successor", () => {
    const twins = [regenerate(50, "a", "b"), regenerate(55, "a", "c")];
    expect(judge([login(0), ...twins])).toEqual(["thief: one id was replaced by two"]);
    expect(judge([login(0), regenerate(50, "a", "b", { at: "away" }), regenerate(70, "a", "c")])).toEqual([
      "thief: a new id was given after the session had got another",
    ]);
  });
});

describe("a session is what was sealed", () => {
  test("it lives no longer than its deadline, by any clock there may be", () => {
    const deadline = 700_000;
    expect(judge([login(0), accepted(1_299_999, "a", { deadline })])).toEqual([]);
    expect(judge([login(0), accepted(1_300_001, "a", { deadline })])).toEqual([
      "deadline: accepted 600001 ms after its deadline",
    ]);
    expect(judge([login(0), refused(100_000, "idle", "a", { deadline })])).toEqual([]);
    expect(judge([login(0), refused(99_000, "idle", "a", { deadline })])).toHaveLength(1);
    expect(judge([login(0), refused(99_000, "expired", "a", { deadline })])).toHaveLength(1);
  });

  test("it is nobody else's, and somebody began it", () => {
    expect(judge([login(0), login(0, "b"), accepted(50, "a", { seen: "b" })])).toHaveLength(1);
    expect(judge([accepted(50)])).toEqual(["identity: a session that nobody began"]);
  });

  test("the replicas have no errors of their own", () => {
    expect(judge([login(0, "a"), accepted(50, "a", { result: "error", message: "TypeError: x" })])).toEqual([
      "errors: TypeError: x",
    ]);
  });
});

test("a history is read from its lines", () => {
  const text = [{ bounds: BOUNDS }, { fault: "cut", on: "r1" }, { settled: 7 }, { op: 1, kind: "visit" }]
    .map((line) => JSON.stringify(line))
    .join("\n");
  expect(parseHistory(text)).toEqual({ bounds: BOUNDS, settled: [7], operations: [{ op: 1, kind: "visit" }] });
  expect(() => parseHistory('{"op":1}')).toThrow("does not begin with its bounds");
});
