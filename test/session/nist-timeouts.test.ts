import { describe, expect, test } from "vitest";
import { ConfigurationError, createKeyring, nistTimeouts } from "sealed-session";
import { parseDuration } from "../../dist/duration.js";
import { play } from "../support/play.js";
import { Browser, SECRET, testManager } from "../support/sessions.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The standard's figures, in ms. At AAL1 it has none for inactivity: there the overall one is the only one. */
const STANDARD = [
  { level: "aal1", overall: 30 * DAY, inactivity: 30 * DAY },
  { level: "aal2", overall: 24 * HOUR, inactivity: HOUR },
  { level: "aal3", overall: 12 * HOUR, inactivity: 15 * MINUTE },
] as const;

async function signedIn(options: Parameters<typeof testManager>[0]) {
  const manager = testManager(options);
  const browser = new Browser();
  const read = () => play(manager.sessions, browser, async (session) => (await session.save(), session));
  await play(manager.sessions, browser, (session) => session.login("ada"));
  return { ...manager, read: async () => (await read()).result };
}

describe.each(STANDARD)("$level", ({ level, overall, inactivity }) => {
  test("a session that is used ends at the overall timeout and not before", async () => {
    const { read, clock } = await signedIn(nistTimeouts[level]);
    const step = Math.min(inactivity, overall / 4);
    for (let passed = 0; passed < overall; passed += step) {
      clock.advance(step);
      expect((await read()).subject).toBe("ada");
    }
    clock.advance(1);
    expect((await read()).rejection).toBe("expired");
  });

  test("one that is not used ends at the inactivity timeout and not before", async () => {
    const { read, clock } = await signedIn(nistTimeouts[level]);
    const deadline = clock.now() + inactivity;
    expect((await read()).expiresAt?.getTime()).toBe(deadline);
    clock.advance(inactivity + 1);
    expect((await read()).rejection).toBe(inactivity < overall ? "idle" : "expired");
  });

  test("a key ring whose policy is shorter refuses it, one whose policy is as long does not", async () => {
    const keyring = (absoluteTimeout: number) =>
      createKeyring({ policy: { absoluteTimeout }, keys: [{ id: "k1", secret: SECRET, activateAt: 0 }] });
    const ready = (absoluteTimeout: number) =>
      testManager({ keyring: keyring(absoluteTimeout), ...nistTimeouts[level] }).sessions.ready();
    await expect(ready(overall - 1)).rejects.toThrow(ConfigurationError);
    await expect(ready(overall)).resolves.toBeUndefined();
  });
});

test("a manager that is given no timeouts has those of AAL2", async () => {
  const [usual, aal2] = [await signedIn({}), await signedIn(nistTimeouts.aal2)];
  for (const { read, clock } of [usual, aal2]) {
    expect((await read()).expiresAt?.getTime()).toBe(
      clock.now() + parseDuration(nistTimeouts.aal2.idleTimeout, "idle"),
    );
    for (let hour = 0; hour < 24; hour++) {
      clock.advance(HOUR);
      expect((await read()).subject).toBe("ada");
    }
    clock.advance(1);
    expect((await read()).rejection).toBe("expired");
  }
});

test("an option after it takes its place", async () => {
  const { read, clock } = await signedIn({ ...nistTimeouts.aal3, idleTimeout: "5m" });
  expect((await read()).expiresAt?.getTime()).toBe(clock.now() + 5 * MINUTE);
});

test("nobody can change the levels for everybody else", () => {
  for (const part of [nistTimeouts, ...Object.values(nistTimeouts)]) expect(Object.isFrozen(part)).toBe(true);
});
