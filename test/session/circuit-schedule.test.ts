import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCircuit } from "../../dist/session/circuit.js";

/* I8: when a store that does not answer is asked again, to the millisecond. */

const LIMIT = 300;
const FIRST_PAUSE = LIMIT / 10;

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

type Circuit = ReturnType<typeof openCircuit>;

const hangs = (): Promise<never> => new Promise(() => undefined);
const answers = async () => Promise.resolve("answer");

/** A question that fails or answers after some time. */
const after = (ms: number, outcome: () => unknown) => () =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(outcome());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });
const fail = (): never => {
  throw new Error("refused");
};

/** What becomes of a question; `undefined` while nothing has. */
function ask(circuit: Circuit, question: () => unknown, insist?: boolean) {
  const state: { asked: boolean; result?: unknown } = { asked: false };
  const answer = circuit.ask(() => {
    state.asked = true;
    return question();
  }, insist);
  Promise.resolve(answer).then(
    (value) => (state.result = value),
    (error: Error) => (state.result = error.message),
  );
  return state;
}

/** A circuit that has found out that nothing answers. */
async function deadCircuit(): Promise<Circuit> {
  const circuit = openCircuit(LIMIT);
  ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT);
  return circuit;
}

test("an answer is waited for as long as the limit, and no timer is left", async () => {
  const circuit = openCircuit(LIMIT);
  const [late, never] = [
    ask(
      circuit,
      after(LIMIT - 1, () => "late"),
    ),
    ask(circuit, hangs),
  ];
  await vi.advanceTimersByTimeAsync(LIMIT - 1);
  expect([late.result, never.result]).toEqual(["late", undefined]);
  await vi.advanceTimersByTimeAsync(1);
  expect(never.result).toBe("no answer within 300 ms");
  expect(vi.getTimerCount()).toBe(0);
});

test("the pauses between two attempts double, from a tenth of the limit up to the limit", async () => {
  const circuit = await deadCircuit();
  for (const pause of [30, 60, 120, 240, 300, 300]) {
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(ask(circuit, answers).asked).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(ask(circuit, hangs).asked).toBe(true);
    await vi.advanceTimersByTimeAsync(LIMIT);
  }
});

test("while one finds out, the others are refused at once, with the last error", async () => {
  const circuit = await deadCircuit();
  await vi.advanceTimersByTimeAsync(FIRST_PAUSE);
  const attempt = ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT - 1);
  const other = ask(circuit, answers);
  await vi.advanceTimersByTimeAsync(0);
  expect([attempt.asked, other.asked, other.result]).toEqual([true, false, "no answer within 300 ms"]);
});

test("after an answer all are asked again, and the pauses begin anew", async () => {
  const circuit = await deadCircuit();
  await vi.advanceTimersByTimeAsync(FIRST_PAUSE);
  ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT + 2 * FIRST_PAUSE);
  ask(circuit, answers);
  await vi.advanceTimersByTimeAsync(1);
  expect([ask(circuit, answers).asked, ask(circuit, hangs).asked]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(LIMIT + FIRST_PAUSE);
  expect(ask(circuit, answers).asked).toBe(true);
});

test("a failure that comes at once is no outage, from a tenth of the limit on it is one", async () => {
  for (const [ms, asked] of [
    [FIRST_PAUSE - 1, true],
    [FIRST_PAUSE, false],
  ] as const) {
    const circuit = openCircuit(LIMIT);
    const failed = ask(circuit, after(ms, fail));
    await vi.advanceTimersByTimeAsync(ms);
    expect(failed.result).toBe("refused");
    expect(ask(circuit, answers).asked).toBe(asked);
  }
});

test("one that throws or rejects at once is told so, and is no outage", async () => {
  const circuit = openCircuit(LIMIT);
  const failed = [ask(circuit, fail), ask(circuit, async () => Promise.reject(new Error("refused")))];
  await vi.advanceTimersByTimeAsync(0);
  expect(failed.map(({ result }) => result)).toEqual(["refused", "refused"]);
  expect(ask(circuit, answers).asked).toBe(true);
});

test("a question is bad luck where another was answered after it was asked, and no outage", async () => {
  const circuit = openCircuit(LIMIT);
  ask(circuit, hangs);
  ask(circuit, answers);
  await vi.advanceTimersByTimeAsync(LIMIT);
  expect(ask(circuit, answers).asked).toBe(true);
});

test("an answer of before says nothing", async () => {
  const circuit = openCircuit(LIMIT);
  ask(circuit, answers);
  await vi.advanceTimersByTimeAsync(1);
  ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT);
  expect(ask(circuit, answers).asked).toBe(false);
});

test("who waits is refused together with the one that found out, unless he insists", async () => {
  const circuit = openCircuit(LIMIT);
  ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT / 2);
  const [waits, insists] = [ask(circuit, hangs), ask(circuit, hangs, true)];
  const done = ask(
    circuit,
    after(LIMIT * 2, () => "late"),
  );
  await vi.advanceTimersByTimeAsync(LIMIT / 2);
  expect([waits.result, insists.result]).toEqual(["no answer within 300 ms", undefined]);
  await vi.advanceTimersByTimeAsync(LIMIT / 2);
  expect([insists.result, done.result]).toEqual(["no answer within 300 ms", "no answer within 300 ms"]);
});

test("who insists is asked also in an outage, and ends it with an answer", async () => {
  const circuit = await deadCircuit();
  const insists = ask(circuit, answers, true);
  await vi.advanceTimersByTimeAsync(0);
  expect([insists.asked, insists.result]).toEqual([true, "answer"]);
  expect(ask(circuit, answers).asked).toBe(true);
});

test("an answer without a promise is given as it is, and ends an outage", async () => {
  const circuit = await deadCircuit();
  await vi.advanceTimersByTimeAsync(FIRST_PAUSE);
  expect(circuit.ask(() => "at once")).toBe("at once");
  expect(ask(circuit, answers).asked).toBe(true);
});

test("an answer without a promise does not speak for the store: a question that hangs is an outage all the same", async () => {
  const circuit = openCircuit(LIMIT);
  ask(circuit, hangs);
  await vi.advanceTimersByTimeAsync(LIMIT / 2);
  expect(circuit.ask(() => "from a copy")).toBe("from a copy");
  await vi.advanceTimersByTimeAsync(LIMIT / 2);
  expect(ask(circuit, answers).asked).toBe(false);
});
