import { memoryStore, type RevocationStore } from "sealed-session";
import { replicated, type ReplicatedOptions } from "../../dist/revocation/replicated/index.js";
import { fixedClock } from "../support/sessions.js";

export const SKEW = 5 * 60_000;
export const STALE = 5_000;
export const HOUR = 3_600_000;

/** One with which nothing was done since it was sealed. */
export const LIVE = { session: "live", generations: { all: 0, subject: 0 }, revokedKeys: [] };

type Method = "check" | "list" | "write" | "watch";
type Page = Awaited<ReturnType<RevocationStore["list"]>>;

let count = 0;

/** A memory store of its own, as another process would have it. */
export function newList(clock: { now: () => number }): RevocationStore {
  return memoryStore({ name: `replicated-${process.pid}-${++count}`, clock: clock.now });
}

/**
 * A store behind a wire: every call is a promise, is counted, and fails or hangs on command. An answer that is held back
 * was given when the question was asked: it is as old as it can be.
 */
export function onWire(inner: RevocationStore) {
  const calls: { method: Method; after?: string | undefined }[] = [];
  const held: { method: Method; release: () => void }[] = [];
  const holding = new Set<Method>();
  const failing = new Set<Method>();
  const wire = {
    inner,
    /** Whether writes reach the store although their answer gets lost. */
    writesArrive: true,
    /** What becomes of a page on its way. */
    onPage: (page: Page): Page => page,
    calls: (method: Method) => calls.filter((call) => call.method === method).length,
    cursors: () => calls.flatMap((call) => (call.method === "list" ? [call.after] : [])),
    hold: (method: Method) => void holding.add(method),
    held: (method: Method) => held.filter((call) => call.method === method).length,
    /** Delivers what is held back, and holds back no more. */
    release(method: Method) {
      holding.delete(method);
      const released = held.filter((call) => call.method === method);
      for (const call of released) held.splice(held.indexOf(call), 1);
      for (const call of released) call.release();
    },
    /** Delivers what was held back last, before everything older. */
    releaseLast: (method: Method) =>
      held
        .splice(
          held.findLastIndex((call) => call.method === method),
          1,
        )[0]
        ?.release(),
    fail: (method: Method) => void failing.add(method),
    recover: (method: Method) => void failing.delete(method),
  };
  const ask = async <T>(method: Method, question: () => T | Promise<T>, after?: string): Promise<T> => {
    calls.push({ method, after });
    const fails = failing.has(method);
    const answer = fails && !(method === "write" && wire.writesArrive) ? undefined : await question();
    if (holding.has(method)) await new Promise<void>((release) => held.push({ method, release }));
    if (fails) throw new Error(`no answer to ${method}`);
    return answer as T;
  };
  const store: RevocationStore = {
    check: (query) => ask("check", () => wire.inner.check(query)),
    issue: (query) => ask("write", () => wire.inner.issue(query)),
    regenerate: (query) => ask("write", () => wire.inner.regenerate(query)),
    revokeSession: (sid, until) => ask("write", () => wire.inner.revokeSession(sid, until)),
    revokeSubject: (subject) => ask("write", () => wire.inner.revokeSubject(subject)),
    revokeAll: () => ask("write", () => wire.inner.revokeAll()),
    revokeKeys: (ids) => ask("write", () => wire.inner.revokeKeys(ids)),
    useOnce: (id, until) => wire.inner.useOnce(id, until),
    announce: (retention) => wire.inner.announce(retention),
    list: (query = {}) => ask("list", async () => wire.onPage(await wire.inner.list(query)), query.after),
    stats: () => wire.inner.stats(),
    prune: (limit) => wire.inner.prune(limit),
    close: () => undefined,
  };
  return Object.assign(wire, { store });
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A list, a replica of it and the replica's clocks. Whoever revokes with `inner` is another process. */
export function newWorld(options: ReplicatedOptions = {}) {
  const clock = fixedClock();
  const steady = fixedClock(0);
  const inner = newList(clock);
  void inner.announce(HOUR);
  const wire = onWire(inner);
  const open = (): RevocationStore =>
    replicated(wire.store, { clock: clock.now, monotonicClock: steady.now, maxStaleness: STALE, ...options });
  return {
    clock,
    steady,
    inner,
    wire,
    store: open(),
    open,
    /** Time goes by, on both clocks. */
    pass(ms: number): void {
      clock.advance(ms);
      steady.advance(ms);
    },
  };
}

/** The same, with a copy that is complete. */
export async function warmWorld(options: ReplicatedOptions = {}) {
  const world = newWorld(options);
  await world.store.check({ sid: "warm-up" });
  await settle();
  return world;
}

/** What a session is by the copy: fails if the answer had to be waited for. */
export function atOnce(store: RevocationStore, sid: string): string {
  const facts = store.check({ sid });
  if (facts instanceof Promise) throw new Error("it had to be waited for");
  return facts.session;
}

export async function statusOf(store: RevocationStore, sid: string): Promise<string> {
  return (await store.check({ sid })).session;
}
