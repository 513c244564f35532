import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createAttempts } from "../../../dist/revocation/sqlite/retry.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const BUSY = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });

/** A step that is refused so often before it answers, and writes down when it was tried. */
function stepAfter(refusals: number, answer = "done") {
  const start = performance.now();
  const times: number[] = [];
  const step = (): string => {
    times.push(performance.now() - start);
    if (times.length <= refusals) throw BUSY;
    return answer;
  };
  return { step, times };
}

test("what succeeds at once is answered at once", () => {
  const attempts = createAttempts();
  expect([attempts(() => 1, "write"), attempts(() => 2, "read")]).toEqual([1, 2]);
});

describe("a locked database", () => {
  test("is tried again after 5, 10, 20 and 40 ms, and then every 50", async () => {
    const { step, times } = stepAfter(8);
    const answer = createAttempts()(step, "write");
    expect(answer).toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toBe("done");
    expect(times).toEqual([0, 5, 10, 20, 40, 80, 130, 180, 230]);
  });

  test("is given up after five seconds, with the database's own error", async () => {
    const attempts = createAttempts();
    const { step, times } = stepAfter(Infinity);
    const failed = Promise.resolve(attempts(step, "write")).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failed).toBe(BUSY);
    expect(times.at(-1)).toBe(5_030);
    // Whoever comes next begins anew.
    expect(attempts(() => "free", "write")).toBe("free");
  });

  test("is tried once more where the five seconds are just over", async () => {
    const { step, times } = stepAfter(Infinity);
    // With 20 ms of waiting for the lock an attempt begins at 5,000 ms sharp.
    const slow = (): string => {
      if (times.length === 0) vi.advanceTimersByTime(20);
      return step();
    };
    const failed = Promise.resolve(createAttempts()(slow, "write")).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failed).toBe(BUSY);
    expect(times.slice(-2)).toEqual([5_000, 5_050]);
  });
});

test("any other error is thrown at once, also when it comes later", async () => {
  const broken = new Error("broken");
  const fail = (): never => {
    throw broken;
  };
  const attempts = createAttempts();
  expect(() => attempts(fail, "write")).toThrow(broken);
  const { step, times } = stepAfter(1);
  const failed = Promise.resolve(attempts(() => (times.length === 1 ? fail() : step()), "write")).catch(
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(5);
  expect(await failed).toBe(broken);
});

describe("while one waits", () => {
  test("who writes is not tried before it, and then in turn; who reads is tried at once", async () => {
    const attempts = createAttempts();
    const order: string[] = [];
    const [first, second] = [stepAfter(2, "first"), stepAfter(1, "second")];
    const waiting = [first, second].map(({ step }) =>
      Promise.resolve(attempts(step, "write")).then((answer) => order.push(answer)),
    );
    expect([first.times, second.times]).toEqual([[0], []]);
    expect(attempts(() => "read", "read")).toBe("read");
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(waiting);
    expect(order).toEqual(["first", "second"]);
    expect([first.times, second.times]).toEqual([
      [0, 5, 10],
      [10, 15],
    ]);
  });

  test("one that fails does not end the others", async () => {
    const attempts = createAttempts();
    const tried = { count: 0 };
    const failed = Promise.resolve(
      attempts(() => {
        throw ++tried.count === 1 ? BUSY : new Error("broken");
      }, "write"),
    ).catch((error: Error) => error.message);
    const { step } = stepAfter(0);
    const answer = attempts(step, "write");
    await vi.advanceTimersByTimeAsync(100);
    expect([await failed, await answer]).toEqual(["broken", "done"]);
  });

  test("nobody is left in line when all are done: the next is tried at once, and waits 5 ms again", async () => {
    const attempts = createAttempts();
    const waiting = [stepAfter(1), stepAfter(1)].map(async ({ step }) => attempts(step, "write"));
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(waiting);
    const { step, times } = stepAfter(1);
    const answer = attempts(step, "write");
    expect(times).toEqual([0]);
    await vi.advanceTimersByTimeAsync(100);
    expect(await answer).toBe("done");
    expect(times).toEqual([0, 5]);
  });
});
