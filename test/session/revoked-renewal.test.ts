import { createKeyring, type Keyring, memoryStore } from "sealed-session";
import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, fixedClock, testManager } from "../support/sessions.js";

/* I5: a revoked key prolongs nothing. */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const SECRETS = {
  k1: "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja",
  k2: "8fT2mQ9xZr4Wc7Ld1Vk6Yb3Ns5Hg0PjU",
  k3: "Xw3Pz8Kd5Rn1Tb7Gm4Qc9Vf2Js6Lh0Ya",
};

const k1 = { id: "k1", secret: SECRETS.k1, activateAt: START };
const k2 = { id: "k2", secret: SECRETS.k2, activateAt: START + 10 * MINUTE };
const old = createKeyring({ keys: [k1, k2] });
const changed = createKeyring({
  keys: [
    k1,
    { ...k2, revokedAt: START + 30 * MINUTE },
    { id: "k3", secret: SECRETS.k3, activateAt: START + 30 * MINUTE },
  ],
});

/** Servers of one application, each with its ring, that share a revocation list. */
function servers() {
  const clock = fixedClock(START);
  const { name } = testManager();
  const server = (keyring: Keyring) =>
    testManager({
      name,
      keyring,
      clock: clock.now,
      revocation: memoryStore({ name, clock: clock.now }),
      idleTimeout: "30m",
    });
  return { clock, server };
}

test.each([false, true])(
  "a renewal signed with a key that the list knows as revoked (%s) counts for nothing, whatever the ring",
  async (revoked) => {
    const { clock, server } = servers();
    const late = server(old).sessions;
    const browser = new Browser();
    await play(late, browser, (session) => session.login("user-1"));
    clock.advance(20 * MINUTE);
    const renewed = await play(late, browser, (session) => session.save());
    expect(renewed.result).toEqual({ written: true, reason: "renewed" });
    if (revoked) await play(server(changed).sessions, new Browser(), (session) => session.login("somebody"));
    clock.advance(20 * MINUTE);
    const { result } = await play(late, browser, ({ subject, rejection }) => ({ subject, rejection }));
    expect(result).toEqual(
      revoked ? { subject: undefined, rejection: "idle" } : { subject: "user-1", rejection: undefined },
    );
  },
);
