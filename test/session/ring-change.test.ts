import { memoryStore, type RevocationStore, SessionRejectedError } from "sealed-session";
import { describe, expect, test, vi } from "vitest";
import { application as ringApplication, followed, ringDocument, writeRing } from "../keyring/watch/support.js";
import { Gates } from "../support/gates.js";
import { play } from "../support/play.js";
import { Browser, fixedClock, testManager, visit } from "../support/sessions.js";

/* I5: a key may be revoked at any moment of a request. */

vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

type Keys = Parameters<typeof ringDocument>[0];
type Held = "check" | "issue" | "regenerate";

const K2_SEALS: Keys = { k1: {}, k2: { activateAt: START } };
const K1_REVOKED: Keys = { k1: { revokedAt: START }, k2: { activateAt: START } };
const K1_DESTROYED: Keys = { k1: { revokedAt: START, secret: undefined as never }, k2: { activateAt: START } };

let count = 0;

/** An application whose ring file can be changed at any moment, and whose store can be made to wait. k1 seals. */
async function application(options: Parameters<typeof testManager>[0] = {}) {
  const { path } = await ringApplication(ringDocument({ k1: {} }));
  const { ring } = followed(path);
  const clock = fixedClock(START);
  const gates = new Gates();
  const list = memoryStore({ name: `ring-change-${process.pid}-${++count}`, clock: clock.now });
  const held =
    <Query, Answer>(name: Held, ask: (query: Query) => Answer) =>
    async (query: Query): Promise<Awaited<Answer>> => {
      const answer = await ask(query);
      await gates.pass(name);
      return answer;
    };
  const revocation: RevocationStore = {
    ...list,
    check: held("check", list.check),
    issue: held("issue", list.issue),
    regenerate: held("regenerate", list.regenerate),
  };
  const { sessions } = testManager({ keyring: ring, clock: clock.now, revocation, idleTimeout: "12h", ...options });
  let revision = 1;
  /** From when it resolves on, every manager has the ring. */
  const change = async (keys: Keys): Promise<void> => {
    writeRing(path, ringDocument(keys, { revision: ++revision }));
    await ring.reload();
    expect((await sessions.keys()).filter(({ state }) => state === "active")).toHaveLength(1);
  };
  /** Runs a verb and changes the ring while the store is asked; then lets the store answer. */
  const during = async <T>(point: Held, verb: Promise<T>, keys: Keys): Promise<T> => {
    await gates.reached(point);
    await change(keys);
    gates.open(point);
    return verb;
  };
  const signIn = async (): Promise<Browser> => {
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    return browser;
  };
  const lineage = async (browser: Browser): Promise<readonly string[]> =>
    (await play(sessions, browser, (session) => session.info().lineage)).result;
  const rejection = async (browser: Browser): Promise<string | undefined> =>
    (await play(sessions, browser, (session) => session.rejection)).result;
  return { sessions, clock, gates, change, during, signIn, lineage, rejection };
}

const count1 = (session: { set(key: string, value: number): void; save(): Promise<unknown> }) => {
  session.set("n", 1);
  return session.save();
};

describe("the next key takes over while a request goes on", () => {
  test("between open() and save(): the next key seals, and the lineage names both", async () => {
    const { sessions, change, signIn, lineage } = await application();
    const browser = await signIn();
    await play(sessions, browser, async (session) => {
      await change(K2_SEALS);
      expect(await count1(session)).toEqual({ written: true });
    });
    expect(await lineage(browser)).toEqual(["k1", "k2"]);
  });

  test("while save() asks the store: the key that it began with seals, and the next save takes the next one", async () => {
    const { sessions, gates, during, signIn, lineage } = await application();
    const browser = await signIn();
    await play(sessions, browser, async (session) => {
      gates.close("check");
      expect(await during("check", count1(session), K2_SEALS)).toEqual({ written: true });
    });
    expect(await lineage(browser)).toEqual(["k1"]);
    await play(sessions, browser, (session) => {
      session.set("n", 2);
      return session.save();
    });
    expect(await lineage(browser)).toEqual(["k1", "k2"]);
  });

  test.each([
    ["issue", "login", (session: { login(subject: string): Promise<void> }) => session.login("bea")],
    ["regenerate", "regenerate", (session: { regenerate(): Promise<void> }) => session.regenerate()],
  ] as const)("while the store is asked to %s by %s(): the lineage is complete", async (point, _verb, run) => {
    const { sessions, gates, change, during, lineage, rejection } = await application();
    const browser = new Browser();
    await play(sessions, browser, count1);
    await change(K2_SEALS);
    const k3 = { ...K2_SEALS, k3: { activateAt: START } };
    await play(sessions, browser, async (session) => {
      gates.close(point);
      await during(point, run(session), k3);
      expect(session.info()).toMatchObject({ keyId: "k2", lineage: ["k1", "k2"] });
    });
    expect(await lineage(browser)).toEqual(["k1", "k2"]);
    await change({ ...k3, k1: { revokedAt: START } });
    expect(await rejection(browser)).toBe("key_revoked");
  });

  test("nobody is signed out by any of it, and a message arrives", async () => {
    const { sessions, change, signIn } = await application();
    const browser = await signIn();
    await play(sessions, browser, (session) => {
      session.flash("notice", "Saved");
      return session.save();
    });
    await change(K2_SEALS);
    await play(sessions, browser, (session) =>
      expect([session.subject, session.flash("notice")]).toEqual(["ada", "Saved"]),
    );
  });
});

describe("a key is revoked while a request goes on", () => {
  test.each([
    ["revoked", K1_REVOKED],
    ["revoked and destroyed", K1_DESTROYED],
  ])("%s between open() and a verb: the verb refuses", async (_how, keys) => {
    const { sessions, change, signIn, rejection } = await application();
    const browser = await signIn();
    const { setCookies } = await play(sessions, browser, async (session) => {
      await change(keys);
      expect(await count1(session)).toEqual({ written: false, reason: "key_revoked" });
      await expect(session.regenerate()).rejects.toThrow(SessionRejectedError);
      await expect(session.revokeOthers()).rejects.toMatchObject({ reason: "key_revoked" });
      expect(await session.revalidate()).toEqual({ valid: false, reason: "key_revoked" });
    });
    expect(setCookies).toEqual([]);
    expect(await rejection(browser)).toBe(keys === K1_REVOKED ? "key_revoked" : "unknown_key");
  });

  test.each([
    ["revoked", K1_REVOKED],
    ["revoked and destroyed", K1_DESTROYED],
  ])("%s before a login that keeps a guest's data: the data does not outlive it", async (_how, keys) => {
    const { sessions, change, rejection } = await application();
    const browser = new Browser();
    await play(sessions, browser, count1);
    await play(sessions, browser, async (session) => {
      await change(keys);
      await session.login("ada");
      expect(session.info().lineage).toEqual(["k1", "k2"]);
    });
    expect(await rejection(browser)).toBe("key_revoked");
  });

  test("while open() or save() asks the store: both refuse, though it knew nothing when it answered", async () => {
    const { sessions, gates, during, signIn, change } = await application();
    const [opening, saving] = [await signIn(), await signIn()];
    const { session } = await visit(sessions, saving.header);
    gates.close("check");
    const opened = visit(sessions, opening.header);
    const saved = count1(session);
    await during("check", opened, K1_REVOKED);
    expect((await opened).session).toMatchObject({ isNew: true, rejection: "key_revoked" });
    expect(await saved).toEqual({ written: false, reason: "key_revoked" });
    await change({ ...K1_REVOKED, k3: { activateAt: START } });
  });

  test.each([
    ["issue", "login", (session: { login(subject: string): Promise<void> }) => session.login("bea")],
    ["regenerate", "regenerate", (session: { regenerate(): Promise<void> }) => session.regenerate()],
  ] as const)("while the store is asked to %s by %s(): what it sealed is refused", async (point, _verb, run) => {
    const { sessions, gates, during, signIn, rejection } = await application();
    const browser = await signIn();
    await play(sessions, browser, async (session) => {
      gates.close(point);
      await during(point, run(session), K1_REVOKED);
    });
    expect(await rejection(browser)).toBe("key_revoked");
  });

  test("its messages are gone, and the renewals that it signed do not count", async () => {
    const { sessions, change, clock, signIn, rejection } = await application();
    const browser = await signIn();
    await change(K2_SEALS);
    clock.advance(4 * HOUR);
    await play(sessions, browser, (session) => {
      session.flash("notice", "Saved");
      return session.save();
    });
    clock.advance(8 * HOUR);
    const k2Revoked = { k1: {}, k2: { activateAt: START, revokedAt: START }, k3: { activateAt: START } };
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    await change(k2Revoked);
    await play(sessions, browser, (session) =>
      expect([session.subject, session.flash("notice")]).toEqual(["ada", undefined]),
    );
    clock.advance(1);
    expect(await rejection(browser)).toBe("idle");
  });
});

test.each([true, false])(
  "with cache %s: a token that was opened before is refused once its key may not open",
  async (cache) => {
    const { sessions, change, clock, signIn, rejection } = await application({ cache });
    const browser = await signIn();
    for (let i = 0; i < 3; i++) expect(await rejection(browser)).toBeUndefined();
    await change(K1_REVOKED);
    expect(await rejection(browser)).toBe("key_revoked");
    const other = await signIn();
    expect(await rejection(other)).toBeUndefined();
    const retireAt = START + 800 * HOUR;
    await change({ ...K1_REVOKED, k2: { activateAt: START, retireAt }, k3: { activateAt: START + HOUR } });
    expect(await rejection(other)).toBeUndefined();
    clock.advance(800 * HOUR);
    expect(await rejection(other)).toBe("key_retired");
    await change({ ...K1_REVOKED, k2: { activateAt: START, retireAt, secret: undefined as never }, k3: {} });
    expect(await rejection(other)).toBe("unknown_key");
    await play(sessions, other, (session) => expect(session.isNew).toBe(true));
  },
);
