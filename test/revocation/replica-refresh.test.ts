import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  memoryStore,
  type ListQuery,
  type Revocation,
  type RevocationPage,
  type RevocationStore,
} from "sealed-session";
import { newElapsed } from "../../dist/revocation/replicated/elapsed.js";
import { beginRefresh } from "../../dist/revocation/replicated/refresh.js";
import { readAgain, type Replica, replicaOf, replicas } from "../../dist/revocation/replicated/replica.js";
import { fixedClock } from "../support/sessions.js";
import { PROMPT, settled } from "./told-list.js";

const RETENTION = 1_000;

let count = 0;
/** An id that no other test has. */
const newId = (): string => `refresh-${++count}`;

const session = (sid: string, since: number): Revocation => ({ kind: "session", sid, state: "revoked", since });

/** A replica of its own, and a store that gives the pages of its list as the test has them. */
function newReading() {
  const clock = fixedClock();
  const steady = fixedClock(0);
  const list = newId();
  const replica = replicaOf(list, clock.now());
  const empty: RevocationPage = { entries: [], cursor: "c", more: false, list, all: 0, retention: RETENTION };
  replica.copy.merge(empty, clock.now());
  const asked: ListQuery[] = [];
  const answers: ((page: RevocationPage | Error) => void)[] = [];
  const moves: string[] = [];
  const store: RevocationStore = {
    ...memoryStore({ name: list }),
    list(query = {}) {
      asked.push({ ...query });
      return new Promise((resolve, reject) =>
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
      );
    },
  };
  const begin = (of: RevocationStore = store) =>
    beginRefresh(replica, of, newElapsed(clock.now, steady.now), (other) => void moves.push(other));
  return {
    clock,
    replica,
    store,
    asked,
    moves,
    begin,
    pass(ms: number): void {
      clock.advance(ms);
      steady.advance(ms);
    },
    /** Answers the question that was asked first of those that wait. */
    async answer(page: Partial<RevocationPage> | Error): Promise<void> {
      await settled();
      answers.shift()?.(page instanceof Error ? page : { ...empty, ...page });
      await settled();
    },
  };
}

/** What has become of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = "pending";
  promise.then(
    () => (state = "resolved"),
    () => (state = "rejected"),
  );
  await settled();
  return state;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a refresh of one page", PROMPT, () => {
  test("asks for what came after the cursor, 5,000 at most, and counts from when it asked", async () => {
    const { replica, begin, asked, answer, pass, clock } = newReading();
    replica.cursor = "b";
    const sent = clock.now();
    const flight = begin();
    expect(replica.flight).toBe(flight);
    expect(flight).toMatchObject({ asked: { wall: sent, steady: 0 }, state: "under way" });
    await settled();
    expect(asked).toEqual([{ after: "b", limit: 5_000 }]);
    const writes = replicas().writes++;
    pass(700);
    await answer({ cursor: "c", entries: [session("a", sent)], all: 7 });
    expect(await Promise.all([stateOf(flight.landed), stateOf(flight.over)])).toEqual(["resolved", "resolved"]);
    expect(replica).toMatchObject({
      cursor: "c",
      fresh: { sent: { wall: sent, steady: 0 }, writes },
      flight: undefined,
      swept: sent + 700,
    });
    expect(flight).toMatchObject({ asked: { wall: sent, steady: 0 }, state: "complete" });
    expect(replica.copy.facts({ sid: "a" }, sent)).toMatchObject({ session: "revoked", generations: { all: 7 } });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("takes in what has not expired by the time it is there, and lets go of what has", async () => {
    const { replica, begin, answer, pass, clock } = newReading();
    begin();
    await answer({ entries: [session("a", clock.now())] });
    begin();
    const late = session("late", clock.now());
    pass(RETENTION + 1);
    await answer({ entries: [late, session("b", clock.now())] });
    expect(replica.copy.sessions).toBe(1);
  });

  test("never dates what was let go of back", async () => {
    const { replica, begin, answer, clock } = newReading();
    replica.swept = clock.now() + 1;
    begin();
    await answer({});
    expect(replica.swept).toBe(clock.now() + 1);
  });

  test.each([
    ["an answer that is an error", undefined],
    [
      "a store that throws",
      () => {
        throw new Error("no connection");
      },
    ],
  ])("rejects for %s, and leaves everything as it was", async (_name, list) => {
    const { replica, begin, store, answer } = newReading();
    replica.cursor = "b";
    const flight = begin(list ? { ...store, list } : store);
    await answer(new Error("no connection"));
    await expect(flight.landed).rejects.toThrow("no connection");
    expect(await stateOf(flight.over)).toBe("resolved");
    expect(flight.state).toBe("under way");
    expect(replica).toMatchObject({ cursor: "b", fresh: undefined, flight: undefined });
  });

  test("whose page cannot be merged does not move the cursor", async () => {
    const { replica, begin, answer } = newReading();
    replica.cursor = "b";
    const flight = begin();
    await answer({ entries: [null as never] });
    await expect(flight.landed).rejects.toThrow(TypeError);
    expect(replica).toMatchObject({ cursor: "b", fresh: undefined });
  });

  test("takes in nothing of another list, and tells its id", async () => {
    const { replica, begin, answer, moves, clock } = newReading();
    replica.cursor = "b";
    const flight = begin();
    await answer({ list: "another", entries: [session("a", clock.now())] });
    expect([await stateOf(flight.landed), flight.state, moves]).toEqual(["resolved", "other", ["another"]]);
    expect(replica).toMatchObject({ cursor: "b", fresh: undefined, flight: undefined });
    expect(replica.copy.sessions).toBe(0);
  });

  test("that another one was sent in place of changes nothing", async () => {
    const { replica, begin, answer, clock } = newReading();
    const given = begin();
    await settled();
    const next = begin();
    await settled();
    await answer({ entries: [session("a", clock.now())] });
    expect([await stateOf(given.landed), await stateOf(given.over), given.state]).toEqual([
      "resolved",
      "resolved",
      "under way",
    ]);
    expect(replica).toMatchObject({ flight: next, cursor: undefined, fresh: undefined });
    expect(replica.copy.sessions).toBe(0);
    await answer({});
    expect([next.state, replica.flight, replica.cursor]).toEqual(["complete", undefined, "c"]);
  });
});

describe("a refresh of several pages", PROMPT, () => {
  test("is waited for until the first is there; the next is asked for after a turn of a timer", async () => {
    const { replica, begin, asked, answer, pass, clock } = newReading();
    const sent = clock.now();
    const flight = begin();
    const timers = vi.fn<typeof setTimeout>(setTimeout);
    vi.stubGlobal("setTimeout", timers);
    await answer({ cursor: "1", more: true, entries: [session("a", sent)] });
    expect([await stateOf(flight.landed), await stateOf(flight.over), flight.state]).toEqual([
      "resolved",
      "pending",
      "long",
    ]);
    expect([replica.cursor, replica.fresh, replica.flight, asked.length]).toEqual(["1", undefined, flight, 1]);
    expect(replica.copy.sessions).toBe(1);
    // It keeps no process alive.
    expect(timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false]);
    pass(300);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.at(-1)).toEqual({ after: "1", limit: 5_000 });
    expect(flight.asked).toEqual({ wall: sent + 300, steady: 300 });
    await answer({ cursor: "2", entries: [session("b", sent)] });
    expect([await stateOf(flight.over), flight.state]).toEqual(["resolved", "complete"]);
    expect(replica).toMatchObject({ cursor: "2", fresh: { sent: { wall: sent } }, flight: undefined });
    expect([replica.copy.sessions, asked.length]).toEqual([2, 2]);
  });

  test("goes on where timers are numbers", async () => {
    const { begin, answer, asked } = newReading();
    const timers: (() => void)[] = [];
    vi.stubGlobal("setTimeout", (callback: () => void) => timers.push(callback));
    const flight = begin();
    await answer({ more: true });
    timers.shift()?.();
    await answer({});
    expect([flight.state, asked.length]).toEqual(["complete", 2]);
  });

  test("that breaks off later is no failure of those who waited", async () => {
    const { replica, begin, answer } = newReading();
    const flight = begin();
    await answer({ cursor: "1", more: true });
    await vi.advanceTimersByTimeAsync(0);
    await answer(new Error("no connection"));
    expect([await stateOf(flight.landed), await stateOf(flight.over)]).toEqual(["resolved", "resolved"]);
    expect(replica).toMatchObject({ cursor: "1", fresh: undefined, flight: undefined });
  });
});

describe("a list is read again from its beginning", PROMPT, () => {
  test("when its retention has grown since what was read", async () => {
    const { replica, begin, asked, answer } = newReading();
    begin();
    await answer({ cursor: "1" });
    const flight = begin();
    await answer({ cursor: "2", retention: RETENTION + 1 });
    expect([flight.state, replica.cursor, replica.reading]).toEqual(["long", undefined, 1]);
    await vi.advanceTimersByTimeAsync(0);
    await answer({ cursor: "2", retention: RETENTION + 1 });
    expect([flight.state, replica.cursor, replica.reading]).toEqual(["complete", "2", 1]);
    begin();
    await answer({ cursor: "3", retention: RETENTION + 1 });
    expect([replica.cursor, replica.reading]).toEqual(["3", 1]);
    expect(asked.map(({ after }) => after)).toEqual([undefined, "1", undefined, "2"]);
  });

  test("but not when there was nothing before, or it has shrunk", async () => {
    const { replica, begin, answer } = newReading();
    begin();
    await answer({ cursor: "1", retention: 10 * RETENTION });
    begin();
    await answer({ cursor: "2", retention: RETENTION });
    expect([replica.cursor, replica.reading, replica.fresh !== undefined]).toEqual(["2", 0, true]);
  });

  test("when somebody asked for that while a page was on its way", async () => {
    const { replica, begin, asked, answer } = newReading();
    replica.cursor = "b";
    const flight = begin();
    await settled();
    readAgain(replica);
    await answer({ cursor: "c" });
    expect([flight.state, replica.cursor, replica.fresh]).toEqual(["long", undefined, undefined]);
    await vi.advanceTimersByTimeAsync(0);
    await answer({ cursor: "c" });
    expect([flight.state, replica.cursor]).toEqual(["complete", "c"]);
    expect(asked.map(({ after }) => after)).toEqual(["b", undefined]);
  });
});

describe("the process's replicas", PROMPT, () => {
  test("are in one place for all copies of the package", () => {
    const shared = (globalThis as Record<symbol, unknown>)[Symbol.for("sealed-session/replicas/1")];
    expect(shared).toBe(replicas());
    expect(shared).toEqual({ lists: expect.any(Map) as Map<string, unknown>, writes: expect.any(Number) as number });
  });

  test("begin with nothing read, and are the same for whoever asks next", () => {
    const list = newId();
    const replica = replicaOf(list, 5);
    const { copy, ...rest } = replica;
    expect(rest).toEqual({ list, cursor: undefined, reading: 0, fresh: undefined, flight: undefined, swept: 5 });
    expect(copy.sessions).toBe(0);
    expect(replicaOf(list, 6)).toBe(replica);
    expect(replicas().lists.get(list)).toBeInstanceOf(WeakRef);
  });

  test("are kept where nothing can be referred to weakly", () => {
    vi.stubGlobal("WeakRef", undefined);
    const list = newId();
    const replica = replicaOf(list, 5);
    expect(replicas().lists.get(list)?.deref()).toBe(replica);
    expect(replicaOf(list, 6)).toBe(replica);
    replicas().lists.delete(list);
  });

  test("that nobody uses any more leave the list of them when a new one comes", () => {
    const { lists } = replicas();
    const [gone, used, list] = [newId(), newId(), newId()];
    const replica: Replica = replicaOf(used, 5);
    lists.set(gone, { deref: () => undefined });
    expect(replicaOf(used, 6)).toBe(replica);
    expect(lists.has(gone)).toBe(true);
    replicaOf(list, 6);
    expect([lists.has(gone), lists.get(used)?.deref()]).toEqual([false, replica]);
  });

  test("are read from the beginning when they are to be read again", () => {
    const replica = replicaOf(newId(), 5);
    replica.cursor = "b";
    readAgain(replica);
    expect([replica.cursor, replica.reading]).toEqual([undefined, 1]);
  });
});
