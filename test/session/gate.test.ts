import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryStore, type RevocationStore } from "sealed-session";
import { openGate } from "../../dist/session/gate.js";
import { resolveOptions } from "../../dist/session/options.js";
import { fixedClock, SECRET } from "../support/sessions.js";

const LIMIT = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const SID = "A".repeat(22);

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

let lists = 0;

type Method = Exclude<keyof RevocationStore, "directory" | "watch">;

/** A gate before a store whose calls are written down, and of which each method can be made to hang. */
function gateOf(options: object = {}) {
  const clock = fixedClock();
  const list = memoryStore({ name: `gate-${process.pid}-${++lists}`, clock: clock.now });
  const calls: [method: string, ...args: unknown[]][] = [];
  /** Those that are to hang; each is let go by calling what is left here. */
  const hanging = new Map<string, (() => void)[]>();
  const watched = Object.entries(list).map(([name, method]) => [
    name,
    typeof method === "function"
      ? (...args: unknown[]) => {
          calls.push([name, ...args]);
          const answer = (): unknown => (method as (...given: unknown[]) => unknown)(...args);
          const waiting = hanging.get(name);
          return waiting ? new Promise((resolve) => waiting.push(() => resolve(answer()))) : answer();
        }
      : method,
  ]);
  const revocation = Object.fromEntries(watched) as RevocationStore;
  const emitted: [type: string, event: object][] = [];
  const settings = resolveOptions({
    name: "gate",
    keyring: SECRET,
    revocation,
    revocationTimeout: LIMIT,
    clock: clock.now,
    ...options,
  });
  const gate = openGate(settings, (type, event) => void emitted.push([type, event]));
  const names = (): string[] => calls.map(([name]) => name);
  const hang = (...methods: Method[]): void => methods.forEach((method) => hanging.set(method, []));
  const letGo = (method: Method): void => hanging.get(method)?.shift()?.();
  return { gate, list, calls, names, hang, letGo, release: (method: Method) => hanging.delete(method), emitted, clock };
}

describe("the store is introduced to what counts here", () => {
  test("before the first question, once: how long a session lives at the most, and the skew", async () => {
    const { gate, calls, names } = gateOf({ remember: { absoluteTimeout: "30d" }, skew: "3m" });
    await gate.check({ sid: SID });
    await gate.check({ sid: SID });
    expect(calls[0]).toEqual(["announce", 30 * DAY + 3 * MINUTE]);
    expect(names()).toEqual(["announce", "check", "check"]);
  });

  test("the revoked keys are told at once, and again only where there are others", async () => {
    const { gate, calls, names } = gateOf();
    gate.announceKeys([]);
    expect(calls).toEqual([]);
    gate.announceKeys(["k1"]);
    await vi.advanceTimersByTimeAsync(0);
    gate.announceKeys(["k1"]);
    await gate.check({ sid: SID });
    expect(names()).toEqual(["announce", "revokeKeys", "check"]);
    expect(calls[1]).toEqual(["revokeKeys", ["k1"]]);
  });

  test("no question goes before keys that were revoked since", async () => {
    const { gate, names, hang, letGo } = gateOf();
    hang("revokeKeys");
    gate.announceKeys(["k1"]);
    await vi.advanceTimersByTimeAsync(0);
    gate.announceKeys(["k1", "k2"]);
    const asked = gate.check({ sid: SID });
    await vi.advanceTimersByTimeAsync(0);
    letGo("revokeKeys");
    await vi.advanceTimersByTimeAsync(0);
    expect(names()).not.toContain("check");
    letGo("revokeKeys");
    await asked;
    expect(names().slice(-2)).toEqual(["revokeKeys", "check"]);
  });

  test("where that fails it is tried again by the next question, which does not go on without it", async () => {
    const { gate, names, hang, letGo, release } = gateOf();
    hang("announce");
    const refused = Promise.resolve(gate.check({ sid: SID })).catch((error: Error) => error.name);
    await vi.advanceTimersByTimeAsync(LIMIT);
    expect(await refused).toBe("RevocationUnavailableError");
    release("announce");
    await vi.advanceTimersByTimeAsync(LIMIT);
    await gate.check({ sid: SID });
    expect(names()).toEqual(["announce", "announce", "check"]);
    letGo("announce");
  });
});

describe("while the store is known not to answer", () => {
  test("what changes the list by itself is tried all the same, anything else refused at once", async () => {
    const { gate, names, hang } = gateOf();
    await gate.check({ sid: SID });
    hang("issue", "revokeSession", "revokeSubject", "revokeAll", "useOnce");
    const failing = gate.issue({ sid: SID }).catch(() => "failed");
    await vi.advanceTimersByTimeAsync(LIMIT);
    expect(await failing).toBe("failed");
    const before = names().length;
    const answers = [
      gate.issue({ sid: SID }),
      gate.useOnce("token", 1),
      gate.revokeSession(SID),
      gate.revokeSubject("ada"),
      gate.revokeAll(),
    ].map((answer) => answer.catch(() => "failed"));
    await vi.advanceTimersByTimeAsync(0);
    expect(names().slice(before)).toEqual(["revokeSession", "revokeSubject", "revokeAll"]);
    await vi.advanceTimersByTimeAsync(LIMIT);
    await Promise.all(answers);
  });

  test("a report is tried all the same, and may take half a minute", async () => {
    const { gate, names, hang } = gateOf();
    await gate.check({ sid: SID });
    hang("stats");
    const state = { failed: 0 };
    const report = (): void => void gate.consult((store) => store.stats()).catch(() => state.failed++);
    report();
    await vi.advanceTimersByTimeAsync(30_000 - 1);
    expect(state.failed).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.failed).toBe(1);
    report();
    expect(names().filter((name) => name === "stats")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(30_000);
  });
});

describe("deadlines are handed on with the skew, since the store may be set to a smaller one", () => {
  const until = Date.UTC(2026, 5, 1);
  const later = until + 3 * MINUTE;

  test("of what a login replaces", async () => {
    const { gate, calls } = gateOf({ skew: "3m" });
    await gate.issue({ sid: SID, replaces: [{ sid: "old", until, linked: true }] });
    await gate.issue({ sid: SID });
    expect(calls.slice(1)).toEqual([
      ["issue", { sid: SID, replaces: [{ sid: "old", until: later, linked: true }] }],
      ["issue", { sid: SID }],
    ]);
  });

  test("of a regenerate and of a sign-out", async () => {
    const { gate, calls } = gateOf({ skew: "3m" });
    const generations = { all: 0, subject: 0 };
    await gate.regenerate({ sid: SID, next: "next", generations, until });
    await gate.revokeSession(SID, until);
    await gate.revokeSession(SID);
    expect(calls.slice(1)).toEqual([
      ["regenerate", { sid: SID, next: "next", generations, until: later }],
      ["revokeSession", SID, later],
      ["revokeSession", SID, undefined],
    ]);
  });
});

test("what the list did not take does not count as its growth", async () => {
  const { gate, emitted } = gateOf({ growthAlarm: 1 });
  const generations = await gate.issue({ sid: SID });
  const query = { sid: SID, generations, until: Date.UTC(2027, 0, 1) };
  expect(await gate.regenerate({ ...query, next: "one" })).toEqual(generations);
  expect(await gate.regenerate({ ...query, next: "two" })).toBe("superseded");
  expect(emitted).toEqual([]);
  await gate.revokeSession("another");
  expect(emitted).toEqual([["growing", expect.objectContaining({ entries: 2 })]]);
});

test("a session that is let in unchecked is told of, with its subject where it has one", async () => {
  const { gate, hang, emitted } = gateOf({ onRevocationOutage: "accept" });
  await gate.check({ sid: SID });
  hang("check");
  for (const query of [{ sid: SID }, { sid: SID, subject: "ada" }]) {
    const answer = gate.check(query);
    await vi.advanceTimersByTimeAsync(LIMIT);
    expect(await answer).toBeUndefined();
  }
  expect(emitted.map(([type, event]) => [type, Object.keys(event)])).toEqual([
    ["unchecked", ["session", "error"]],
    ["unchecked", ["session", "subject", "error"]],
  ]);
});
