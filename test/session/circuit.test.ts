import { type RevocationStore, RevocationUnavailableError } from "sealed-session";
import { memoryStore } from "sealed-session";
import { expect, test, vi } from "vitest";
import { openCircuit } from "../../dist/session/circuit.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I8: a store that hangs is asked seldom, and never for long. */

const LIMIT = 300;
let lists = 0;

/** Someone signed in, and a store that hangs, or is slow with one question, when it is told to. */
async function application() {
  const list = memoryStore({ name: `circuit-${process.pid}-${++lists}` });
  const state = { hangs: false, checks: 0, hangOnce: false };
  const revocation: RevocationStore = {
    ...list,
    check(query) {
      state.checks++;
      const hangs = state.hangs || state.hangOnce;
      state.hangOnce = false;
      return hangs ? new Promise(() => undefined) : Promise.resolve(list.check(query));
    },
    revokeSession: (sid, until) => (state.hangs ? new Promise(() => undefined) : list.revokeSession(sid, until)),
  };
  const { sessions } = testManager({ revocation, revocationTimeout: LIMIT });
  const browser = new Browser();
  const first = await visit(sessions, "");
  await first.session.login("ada");
  browser.store(first.setCookies());
  const open = () => visit(sessions, browser.header);
  return { state, open, sessions, browser };
}

test("while a store hangs, requests share one time limit, and those that come later do not wait at all", async () => {
  const { state, open } = await application();
  state.hangs = true;
  const begun = performance.now();
  const together = await Promise.allSettled(Array.from({ length: 20 }, open));
  expect(together.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => "rejected"));
  const asked = state.checks;
  // Those that come later, one after the other, would each wait for the limit otherwise.
  for (let i = 0; i < 20; i++) await expect(open()).rejects.toBeInstanceOf(RevocationUnavailableError);
  const attempts = Math.ceil((performance.now() - begun) / LIMIT) + 1;
  expect(state.checks - asked, "let through to find out").toBeLessThanOrEqual(attempts);
  expect(asked).toBe(20);
});

test("a store that answers again is used again", async () => {
  const { state, open } = await application();
  state.hangs = true;
  await expect(open()).rejects.toBeInstanceOf(RevocationUnavailableError);
  state.hangs = false;
  const { session } = await vi.waitFor(open);
  expect(session.subject).toBe("ada");
  const all = await Promise.all(Array.from({ length: 20 }, open));
  expect(all.every((each) => each.session.subject === "ada")).toBe(true);
});

test("one answer that is lost refuses nobody else", async () => {
  const { state, open } = await application();
  state.hangOnce = true;
  const unlucky = open().then(
    () => "accepted",
    () => "refused",
  );
  const others: (string | undefined)[] = [];
  // For longer than the limit, so that the lost answer is found lost among answers that come.
  for (const end = performance.now() + 2 * LIMIT; performance.now() < end;) {
    others.push((await open()).session.subject);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await unlucky).toBe("refused");
  expect([...new Set(others)]).toEqual(["ada"]);
});

test("a sign-out is tried also while the store is known not to answer", async () => {
  const { state, open, sessions, browser } = await application();
  const { session } = await open();
  state.hangs = true;
  await expect(open()).rejects.toBeInstanceOf(RevocationUnavailableError);
  state.hangs = false;
  await session.destroy();
  const later = await vi.waitFor(() => visit(sessions, browser.header));
  expect(later.session.rejection).toBe("revoked");
});

test("regression: what a copy answers at once does not hide that the store is dead for a sign-in", async () => {
  const list = memoryStore({ name: `circuit-${process.pid}-${++lists}` });
  const issue = (): Promise<never> => new Promise(() => undefined);
  const { sessions } = testManager({ revocation: { ...list, issue }, revocationTimeout: LIMIT });
  const signIn = async (): Promise<number> => {
    const begun = performance.now();
    const { session } = await visit(sessions, "");
    await expect(session.login("ada")).rejects.toBeInstanceOf(RevocationUnavailableError);
    return performance.now() - begun;
  };
  const times = [await signIn(), await signIn(), await signIn()];
  expect(times.filter((time) => time >= LIMIT)).toHaveLength(1);
});

test("regression: a report that takes long refuses no visitor", async () => {
  const list = memoryStore({ name: `circuit-${process.pid}-${++lists}` });
  const stats = (): ReturnType<typeof list.stats> =>
    new Promise((resolve) => setTimeout(() => resolve(list.stats()), 3 * LIMIT));
  const check: typeof list.check = (query) => Promise.resolve(list.check(query));
  const { sessions } = testManager({ revocation: { ...list, check, stats }, revocationTimeout: LIMIT });
  const browser = new Browser();
  const first = await visit(sessions, "");
  await first.session.login("ada");
  browser.store(first.setCookies());
  const report = sessions.revocations.stats();
  await new Promise((resolve) => setTimeout(resolve, 2 * LIMIT));
  expect((await visit(sessions, browser.header)).session.subject).toBe("ada");
  expect(await report).toMatchObject({ sessions: 0 });
});

test("regression: questions that fail together are one failure, after which the next is soon let through", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  try {
    const circuit = openCircuit(LIMIT);
    const hanging = Array.from({ length: 20 }, () => circuit.ask(() => new Promise(() => undefined)));
    const failures = Promise.allSettled(hanging);
    await vi.advanceTimersByTimeAsync(LIMIT);
    expect((await failures).every(({ status }) => status === "rejected")).toBe(true);
    await expect(circuit.ask(() => Promise.resolve("answer"))).rejects.toThrow("no answer within");
    await vi.advanceTimersByTimeAsync(LIMIT / 5);
    expect(await circuit.ask(() => Promise.resolve("answer"))).toBe("answer");
  } finally {
    vi.useRealTimers();
  }
});
