import { createKeyring, createSessionManager, KeyringError } from "sealed-session";
import { expect, test } from "vitest";
import { Browser, fixedClock, SECRET, visit } from "../support/sessions.js";

/* I4: a key retires after the last cookie that it sealed. */

const HOUR = 3_600_000;
const SECRETS = [SECRET, "Zr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2xkX3vJm0q", "wBnE7uHcLpGdAoFi9TzQyR2xkX3vJm0qZr8s1Yt5"];
const policy = { propagation: "1h", skew: "5m", absoluteTimeout: "12h" } as const;

/** Key a is replaced by b, which leaks; c takes over, at once or later. */
function ring(retireAt: number, revokedAt: number, takesOverAt: number) {
  const [a, b, c] = SECRETS as [string, string, string];
  return createKeyring({
    policy,
    keys: [
      { id: "a", secret: a, activateAt: 0, retireAt },
      { id: "b", secret: b, activateAt: 10 * HOUR, revokedAt },
      { id: "c", secret: c, activateAt: takesOverAt },
    ],
  });
}

test("revoking a key does not undo the retirement of the one before it", () => {
  expect(() => ring(24 * HOUR, 30 * HOUR, 30 * HOUR)).not.toThrow();
});

test("a key that seals again until the next one is active may not be retired by then: its cookies would die with it", async () => {
  const [takesOverAt, needed] = [32 * HOUR, 13 * HOUR + 300_000];
  expect(() => ring(24 * HOUR, 30 * HOUR, takesOverAt)).toThrow(KeyringError);
  const clock = fixedClock(31 * HOUR);
  const sessions = createSessionManager<{ n?: number }>({
    name: `retirement-${process.pid}`,
    keyring: ring(takesOverAt + needed, 30 * HOUR, takesOverAt),
    clock: clock.now,
    absoluteTimeout: "12h",
    idleTimeout: "12h",
  });
  const browser = new Browser();
  const first = await visit(sessions, browser.header);
  first.session.data.n = 1;
  await first.session.save();
  expect(first.session.info().keyId).toBe("a");
  browser.store(first.setCookies());
  clock.advance(12 * HOUR);
  expect((await visit(sessions, browser.header)).session.data).toEqual({ n: 1 });
});
