import fc from "fast-check";
import { expect, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { replicated } from "../../dist/revocation/replicated/index.js";
import { fixedClock } from "../support/sessions.js";
import { randomSid } from "./replicated-sids.js";
import { HOUR, newList, STALE } from "./replicated-world.js";

/*
 * I2, I8: the promise of a replica, under any order of answers: what was revoked is not accepted by a check that begins
 * more than `maxStaleness` after, nor by one that begins after this process revoked it, nor ever again once it was
 * refused; and what nobody revoked is never refused.
 */

/** Of the ids that were revoked last, and of one that nobody revokes. */
const check = fc.record({ kind: fc.constant("check" as const), by: fc.nat(1) });
/** By one of the two replicas of this process, or by another process. */
const revoke = fc.record({ kind: fc.constant("revoke" as const), by: fc.nat(2) });
const pass = fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1_000, max: 4_500 }) });
const deliver = fc.record({ kind: fc.constant("deliver" as const) });
/** Either the wall clock is set, or the steady one stands still for a while; against both at once there is no help. */
const disturb = fc.record({ kind: fc.constant("disturb" as const), ms: fc.integer({ min: 0, max: HOUR }) });
const outage = fc.record({ kind: fc.constant("outage" as const), lasts: fc.boolean() });
const crowd = fc.record({ kind: fc.constant("crowd" as const) });
const step = fc.oneof(
  { weight: 12, arbitrary: check },
  { weight: 5, arbitrary: revoke },
  { weight: 9, arbitrary: pass },
  { weight: 15, arbitrary: deliver },
  { weight: 1, arbitrary: disturb },
  { weight: 1, arbitrary: outage },
  { weight: 1, arbitrary: crowd },
);

/** A store whose answers come in whatever order the scheduler delivers them; some questions arrive late, too. */
function scheduled(inner: RevocationStore, s: fc.Scheduler, outage: { lasts: boolean }): RevocationStore {
  let asked = 0;
  const ask = async <T>(name: string, question: () => T | Promise<T>): Promise<T> => {
    const late = asked++ % 3 === 0;
    if (late) await s.schedule(Promise.resolve(), `${name} arrives`);
    if (outage.lasts) throw new Error("outage");
    const answer = await question();
    await s.schedule(Promise.resolve(), `${name} answered`);
    return answer;
  };
  return {
    ...inner,
    check: (query) => ask("check", () => inner.check(query)),
    list: (query) => ask("list", () => inner.list({ ...query, limit: 4 })),
    revokeSession: (sid, until) => ask("revoke", () => inner.revokeSession(sid, until)),
    issue: (query) => inner.issue(query),
    regenerate: (query) => inner.regenerate(query),
    revokeSubject: (subject) => inner.revokeSubject(subject),
    revokeAll: () => inner.revokeAll(),
    revokeKeys: (ids) => inner.revokeKeys(ids),
    watch: undefined as never,
  };
}

async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** @param warm how many of the replicas are complete to begin with */
async function play(s: fc.Scheduler, steps: readonly Step[], warm: number, sleeps: boolean): Promise<void> {
  const clock = fixedClock();
  const steady = fixedClock(0);
  const outage = { lasts: false };
  let time = 0;
  const inner = newList(clock);
  void inner.announce(100 * HOUR);
  const open = () =>
    replicated(scheduled(inner, s, outage), {
      clock: clock.now,
      monotonicClock: steady.now,
      maxStaleness: STALE,
      // More than the clock is ever set by.
      skew: 1_000 * HOUR,
    });
  const stores = [open(), open()];
  /** Revoked one after the other. */
  const sids = Array.from({ length: 100 }, randomSid);
  const innocent = randomSid();
  let next = 0;
  /** Since when it must be refused: `here` in the order of events, `anywhere` in true time, without the bound. */
  const revoked = new Map<string, { here: number; anywhere: number }>();
  const attempted = new Set<string>();
  const refused = new Map<string, number>();
  const pending: Promise<unknown>[] = [];
  let order = 0;

  const checkOne = async (by: number, sid: string): Promise<void> => {
    const began = { at: time, order: order++ };
    const bound = revoked.get(sid);
    const known = bound !== undefined && (bound.here <= began.order || bound.anywhere + STALE < began.at);
    const wasRefused = (refused.get(`${by} ${sid}`) ?? Infinity) < began.order;
    try {
      const { session } = await (stores[by] as RevocationStore).check({ sid });
      if (session === "live" && known) expect.unreachable(`accepted too late: ${JSON.stringify({ bound, began })}`);
      if (session === "live" && wasRefused) expect.unreachable("accepted although it was refused before");
      if (session !== "live" && !attempted.has(sid)) expect.unreachable("refused although nobody revoked it");
      if (session !== "live") refused.set(`${by} ${sid}`, Math.min(order++, refused.get(`${by} ${sid}`) ?? Infinity));
    } catch (error) {
      if ((error as Error).message !== "outage") throw error;
    }
  };
  const revokeOne = async (by: number, sid: string): Promise<void> => {
    attempted.add(sid);
    // 2 is another process, on a line that never fails.
    const store = stores[by] ?? inner;
    try {
      await store.revokeSession(sid, clock.now() + 50 * HOUR);
    } catch {
      return;
    }
    const before = revoked.get(sid) ?? { here: Infinity, anywhere: Infinity };
    const here = store === inner ? before.here : Math.min(before.here, order++);
    revoked.set(sid, { here, anywhere: Math.min(before.anywhere, time) });
  };

  const deliverAll = async (): Promise<void> => {
    do {
      if (s.count() > 0) await s.waitOne();
      await turn();
    } while (s.count() > 0);
  };

  for (let by = 0; by < warm; by++) {
    pending.push(checkOne(by, innocent));
    await deliverAll();
  }
  for (const each of steps) {
    if (each.kind === "check") {
      const latest = [1, 2, 3].map((back) => sids[next - back] ?? innocent);
      pending.push(...[...latest, innocent].map((sid) => checkOne(each.by, sid)));
    } else if (each.kind === "revoke") pending.push(revokeOne(each.by, sids[next++] ?? ""));
    else if (each.kind === "disturb") {
      clock.advance(sleeps ? each.ms : each.ms - HOUR / 2);
      if (sleeps) time += each.ms;
    } else if (each.kind === "outage") outage.lasts = each.lasts;
    else if (each.kind === "crowd") for (let i = 0; i < 6; i++) void inner.revokeSession(randomSid());
    else if (each.kind === "pass") {
      time += each.ms;
      clock.advance(each.ms);
      steady.advance(each.ms);
    } else if (s.count() > 0) await s.waitOne();
    await turn();
  }
  outage.lasts = false;
  const end = { reached: false };
  const all = Promise.all(pending).finally(() => (end.reached = true));
  for (let i = 0; !end.reached && i < 100; i++) await deliverAll();
  if (!end.reached) expect.unreachable("a check or a revocation never came to its end");
  await all;
}

test("whatever the order of answers, outages and clocks, the bound holds", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 30, maxLength: 90 }), fc.nat(2), fc.boolean(), play),
    { numRuns: 700 },
  );
});
