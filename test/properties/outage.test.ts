import fc from "fast-check";
import { type Session, RevocationUnavailableError } from "sealed-session";
import { webJar } from "sealed-session/web";
import { expect, test, vi } from "vitest";
import { flakyStore, type Mode } from "../support/flaky-store.js";
import { Browser, testManager } from "../support/sessions.js";

/*
 * I8: whatever the revocation store does, and whenever, a request is answered by what the list says or not at all: its
 * cookie is neither accepted unasked nor touched.
 */
const mode = fc.constantFrom<Mode>("answers", "answers", "answers", "throws", "rejects", "hangs");

const VERBS = {
  save(session: Session<Record<string, unknown>>, value: number) {
    session.data["value"] = value;
    return session.save();
  },
  login: (session: Session) => session.login("ada"),
  regenerate: (session: Session) => session.regenerate(),
  revokeOthers: (session: Session) => session.revokeOthers(),
  revalidate: (session: Session) => session.revalidate(),
};
type Verb = keyof typeof VERBS;
/** A request that finds the store in one mode, and in another when it goes on; or a sign-out on another server. */
type Step = { readonly at: Mode; readonly verb: Verb; readonly later: Mode } | "ended elsewhere";

const verb = fc.constantFrom(...(Object.keys(VERBS) as Verb[]));
const step = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 6, arbitrary: fc.record({ at: mode, verb, later: mode }) },
  { weight: 1, arbitrary: fc.constant("ended elsewhere") },
);

/** A store that hangs costs each run its time limit, several times over. */
const LONG = { timeout: 60_000 };

let lists = 0;

async function town() {
  const { store, list, state } = flakyStore(`outages-${process.pid}-${++lists}`);
  const unchecked = vi.fn<() => void>();
  const { sessions } = testManager({ revocation: store, revocationTimeout: 15, on: { unchecked } });
  const browser = new Browser();
  /** What the browser's session is, by what was acknowledged. */
  const held: { id: string; value: unknown; ended: boolean } = { id: "", value: undefined, ended: false };
  const request = () => {
    const headers = new Headers();
    const cookie = browser.header;
    const jar = webJar(new Request("http://localhost/", cookie === "" ? {} : { headers: { cookie } }), headers);
    return { opening: sessions.open(jar), setCookies: () => headers.getSetCookie() };
  };
  const keep = (session: Session<Record<string, unknown>>, setCookies: readonly string[]): void => {
    browser.store(setCookies);
    Object.assign(held, { id: session.id, value: session.data["value"], ended: false });
  };
  const first = request();
  const session = await first.opening;
  await session.login("ada");
  keep(session, first.setCookies());
  return { state, list, unchecked, held, request, keep };
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

function expectTruth(session: Session<Record<string, unknown>>, held: { value: unknown; ended: boolean }): void {
  const { subject, rejection, data } = session;
  const truth = held.ended ? [undefined, "revoked", undefined] : ["ada", undefined, held.value];
  expect([subject, rejection, data["value"]]).toEqual(truth);
}

test("I8: whatever the store does and when, a session is accepted by its word or the request fails", LONG, async () => {
  const seen = { accepted: 0, refused: 0, failed: 0, "failed later": 0, written: 0 };
  const play = async (steps: readonly Step[]): Promise<void> => {
    const { state, list, unchecked, held, request, keep } = await town();
    /** After a question that hung, or failed late, the next ones may fail although the store answers again. */
    let failedBefore = false;
    for (const [index, next] of steps.entries()) {
      if (next === "ended elsewhere") {
        await list.revokeSession(held.id);
        held.ended = true;
        continue;
      }
      state.mode = next.at;
      const { opening, setCookies } = request();
      const unopened = await errorOf(opening);
      failedBefore ||= next.at !== "answers";
      if (unopened !== undefined || next.at !== "answers") {
        expect(unopened).toBeInstanceOf(RevocationUnavailableError);
        expect(setCookies()).toEqual([]);
        if (next.at === "answers") expect(failedBefore, "the store answered").toBe(true);
        seen.failed++;
        continue;
      }
      const session = await opening;
      expectTruth(session, held);
      seen[held.ended ? "refused" : "accepted"]++;
      if (held.ended) continue;

      state.mode = next.later;
      const error = await errorOf(VERBS[next.verb](session, index));
      failedBefore ||= next.later !== "answers";
      if (error === undefined && next.later === "answers") {
        if (next.verb !== "revalidate") keep(session, setCookies());
        seen.written++;
        continue;
      }
      expect(error).toBeInstanceOf(RevocationUnavailableError);
      expect(setCookies()).toEqual([]);
      if (next.later === "answers") expect(failedBefore, "the store answered").toBe(true);
      seen["failed later"]++;
    }
    state.mode = "answers";
    expectTruth(await vi.waitFor(() => request().opening, { interval: 5 }), held);
    expect(unchecked).not.toHaveBeenCalled();
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), play), { numRuns: 150 });
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
});
