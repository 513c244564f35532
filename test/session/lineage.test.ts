import { describe, expect, test } from "vitest";
import { createKeyring, type KeyringOptions, memoryStore } from "sealed-session";
import { play } from "../support/play.js";
import { Browser, fixedClock, SECRET, testManager } from "../support/sessions.js";

/* I5: the ids of all keys that the data came through stay with it. */

const HOUR = 3_600_000;
const SECRETS = {
  k1: SECRET,
  k2: "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo",
  k3: "Yh2QmC8vRk5TzL0wXn7BsJ4dFp1GuEa9VoKi6TyN",
};
const START = Date.UTC(2026, 0, 1);

type KeyInput = KeyringOptions["keys"][number];
let count = 0;

/** An application whose keys follow each other by the hour: k1, then k2, then k3. */
function rotation() {
  const clock = fixedClock(START);
  const name = `lineage-${process.pid}-${++count}`;
  const deploy = (changes: Partial<Record<keyof typeof SECRETS, Partial<KeyInput>>> = {}, store?: string) => {
    const keys = Object.entries(SECRETS).map(([id, secret], index) => ({
      id,
      secret,
      activateAt: START + index * HOUR,
      ...changes[id as keyof typeof SECRETS],
    }));
    return testManager({
      name,
      clock: clock.now,
      keyring: createKeyring({ keys }),
      idleTimeout: "12h",
      ...(store !== undefined && { revocation: memoryStore({ name: store, clock: clock.now }) }),
    }).sessions;
  };
  return { clock, name, deploy, sessions: deploy() };
}

const change =
  (value: number) => async (session: { set(key: string, value: number): void; save(): Promise<unknown> }) => {
    session.set("a", value);
    await session.save();
  };

describe("a session carries the ids of the keys that its data came through", () => {
  test("through saves", async () => {
    const { sessions, clock } = rotation();
    const browser = new Browser();
    const lineages: (readonly string[])[] = [];
    for (let i = 0; i < 3; i++) {
      await play(sessions, browser, change(i));
      await play(sessions, browser, (session) => lineages.push(session.info().lineage));
      clock.advance(HOUR);
    }
    expect(lineages).toEqual([["k1"], ["k1", "k2"], ["k1", "k2", "k3"]]);
  });

  test.each([
    ["regenerate", (session: { regenerate(): Promise<void> }) => session.regenerate()],
    ["login", (session: { login(subject: string): Promise<void> }) => session.login("ada")],
  ] as const)("through %s", async (_verb, run) => {
    const { sessions, clock } = rotation();
    const browser = new Browser();
    await play(sessions, browser, change(1));
    clock.advance(HOUR);
    await play(sessions, browser, run);
    await play(sessions, browser, (session) =>
      expect(session.info()).toMatchObject({ keyId: "k2", lineage: ["k1", "k2"] }),
    );
  });

  test("but not to another subject's session, which takes no data over", async () => {
    const { sessions, clock } = rotation();
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    clock.advance(HOUR);
    await play(sessions, browser, (session) => session.login("bob"));
    await play(sessions, browser, (session) => expect(session.info().lineage).toEqual(["k2"]));
  });

  test("the id of a destroyed key drops out", async () => {
    const { sessions, deploy, clock } = rotation();
    const browser = new Browser();
    await play(sessions, browser, change(1));
    clock.advance(HOUR);
    await play(sessions, browser, change(2));
    const after = deploy({ k1: { secret: undefined as never } });
    await play(after, browser, change(3));
    await play(after, browser, (session) => expect(session.info().lineage).toEqual(["k2"]));
  });
});

test("an id that the ring no longer knows stays in the lineage: it may be on the list of revoked keys", async () => {
  const { sessions, clock, name } = rotation();
  const browser = new Browser();
  await play(sessions, browser, change(1));
  clock.advance(HOUR);
  await play(sessions, browser, change(2));
  const keyring = createKeyring({ keys: [{ id: "k2", secret: SECRETS.k2, activateAt: START + HOUR }] });
  const without = testManager({ name, clock: clock.now, keyring, idleTimeout: "12h" }).sessions;
  await play(without, browser, change(3));
  await play(without, browser, (session) => expect(session.info().lineage).toEqual(["k1", "k2"]));
});

test("a session that is saved again with the same key gets no longer by that", async () => {
  const { sessions } = rotation();
  const browser = new Browser();
  const sizes: number[] = [];
  for (let i = 0; i < 3; i++) {
    await play(sessions, browser, change(i));
    await play(sessions, browser, (session) => sizes.push(session.info().cookieBytes));
  }
  expect(new Set(sizes).size).toBe(1);
});

describe("a compromised key's sessions die", () => {
  const revoked = { k1: { revokedAt: START + HOUR } };

  test.each([
    ["as they were sealed", async () => undefined],
    ["saved under the next key", change(2)],
    ["regenerated under the next key", (session: { regenerate(): Promise<void> }) => session.regenerate()],
    ["signed in under the next key", (session: { login(subject: string): Promise<void> }) => session.login("ada")],
  ] as [string, (session: never) => Promise<void>][])("%s", async (_how, later) => {
    const { sessions, deploy, clock } = rotation();
    const [browser, untouched] = [new Browser(), new Browser()];
    await play(sessions, browser, change(1));
    clock.advance(HOUR);
    await play(sessions, untouched, change(1));
    await play(sessions, browser, later as never);
    await play(sessions, browser, (session) => expect(session.isNew).toBe(false));
    const repaired = deploy(revoked);
    await play(repaired, browser, (session) =>
      expect([session.isNew, session.rejection]).toEqual([true, "key_revoked"]),
    );
    await play(repaired, untouched, (session) => expect(session.isNew).toBe(false));
  });

  test("also on a server that was rolled back to the ring before: the revocation store knows", async () => {
    const { sessions, deploy, clock, name } = rotation();
    const browser = new Browser();
    await play(sessions, browser, change(1));
    clock.advance(HOUR);
    await play(sessions, browser, change(2));
    await play(deploy(revoked), new Browser(), change(3));
    await play(sessions, browser, (session) => expect(session.rejection).toBe("key_revoked"));
    const elsewhere = deploy({}, `${name}-elsewhere`);
    await play(elsewhere, browser, (session) => expect(session.isNew).toBe(false));
  });

  test("a renewal that a compromised key signed does not count, the session itself does", async () => {
    const { sessions, deploy, clock } = rotation();
    const browser = new Browser();
    await play(sessions, browser, change(1));
    clock.advance(4 * HOUR);
    await play(sessions, browser, (session) => session.save());
    clock.advance(8 * HOUR);
    const repaired = deploy({ k3: { revokedAt: START + 5 * HOUR } });
    await play(repaired, browser, (session) => expect(session.isNew).toBe(false));
    clock.advance(1);
    await play(repaired, browser, (session) => expect(session.rejection).toBe("idle"));
    await play(deploy({}, "other-list"), browser, (session) => expect(session.isNew).toBe(false));
  });
});

test("a rotation logs nobody out", async () => {
  const { sessions, clock } = rotation();
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  for (let i = 0; i < 3; i++) {
    clock.advance(HOUR);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  }
});

test("a list of bare secrets rotates in two deployments, and its key ids are the same everywhere", async () => {
  const clock = fixedClock(START);
  const name = `lineage-${process.pid}-${++count}`;
  const deploy = (keyring: string[]) => testManager({ name, clock: clock.now, keyring }).sessions;
  const browser = new Browser();
  await play(deploy([SECRETS.k1]), browser, (session) => session.login("ada"));
  const appended = deploy([SECRETS.k1, SECRETS.k2]);
  const promoted = deploy([SECRETS.k2, SECRETS.k1]);
  await play(promoted, browser, change(1));
  await play(appended, browser, (session) => expect(session.get("a")).toBe(1));
  const [first, second] = await promoted.keys();
  await play(promoted, browser, (session) => expect(session.info().lineage).toEqual([second?.id, first?.id]));
  await play(deploy([SECRETS.k2]), browser, async (session) => {
    expect(session.subject).toBe("ada");
    // What was taken out of a list was no compromised key, and nothing else would ever drop its id.
    await change(2)(session);
    expect(session.info().lineage).toEqual([first?.id]);
  });
  await play(deploy([SECRETS.k1]), browser, (session) => expect(session.rejection).toBe("unknown_key"));
});
