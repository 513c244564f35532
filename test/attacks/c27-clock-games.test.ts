import { createKeyring, createSealer, type SessionManager, type SessionManagerOptions } from "sealed-session";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { startApplication } from "../adapters/scenarios/application.js";
import { play } from "../support/play.js";
import { Browser, copyOf, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";

/*
 * C27. Leeway for clocks that differ belongs on one side of each comparison. A GOV.UK service, ATO-1270: it was on the
 * other. Each check here is tried one millisecond before where it turns, there, and one after. The skew widens exactly
 * three of them: that a session, or a renewal, comes from a clock ahead of ours, and how long the list remembers.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SKEW = 5 * MINUTE;
const START = Date.UTC(2026, 0, 1);

type Options = Partial<SessionManagerOptions<undefined>>;

/** A server that signs ada in at START, and one with a clock of its own. */
async function twoServers(options: Options = {}) {
  const issuer = fixedClock(START);
  const { sessions, name } = testManager({ clock: issuer.now, ...options });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  let now = START;
  const reader = testManager({ name, ...options, clock: () => now }).sessions;
  /** What the second server makes of the cookies at an instant of its own clock. */
  const at = async (instant: number, cookies = browser) => {
    now = instant;
    const { subject, rejection } = (await visit(reader, cookies.header)).session;
    return rejection ?? subject;
  };
  return { sessions, issuer, browser, at, name };
}

/** Asserts what comes out one millisecond before an instant, at it, and after it. */
async function expectTurn(ask: (instant: number) => Promise<unknown>, instant: number, outcomes: readonly unknown[]) {
  const found = [await ask(instant - 1), await ask(instant), await ask(instant + 1)];
  expect(found).toEqual(outcomes);
}

describe("a session", () => {
  test("from a clock ahead is taken up to the skew, and not one millisecond beyond", async () => {
    const { at } = await twoServers();
    await expectTurn(at, START - SKEW, ["premature", "ada", "ada"]);
  });

  test("from a clock behind is taken without end, within its own time", async () => {
    const { at } = await twoServers();
    await expectTurn(at, START + SKEW, ["ada", "ada", "ada"]);
  });

  test.each([
    ["idle", {}, START + HOUR],
    ["expired", { absoluteTimeout: "1h" }, START + HOUR],
  ] as const)("that is %s is so at once: the skew prolongs nothing", async (reason, options, end) => {
    const { at } = await twoServers(options);
    await expectTurn(at, end, ["ada", "ada", reason]);
    await expectTurn(at, end + SKEW, [reason, reason, reason]);
    await expectTurn(at, end - SKEW, ["ada", "ada", "ada"]);
  });

  test.each(["2m", "1h"] as const)("goes by a skew of %s if that is what is configured", async (skew) => {
    const { at } = await twoServers({ skew });
    await expectTurn(at, START - (skew === "2m" ? 2 * MINUTE : HOUR), ["premature", "ada", "ada"]);
  });
});

test("a renewal from a clock ahead counts up to the skew; the skew does not prolong it", async () => {
  const { sessions, issuer, browser, at } = await twoServers({ idleTimeout: "2m" });
  for (let renewed = 0; renewed < 4; renewed++) {
    issuer.advance(2 * MINUTE);
    await play(sessions, browser, (session) => session.save());
  }
  const renewedAt = START + 8 * MINUTE;
  // By a clock behind the session is over without it, and the renewal still to come.
  await expectTurn(at, renewedAt - SKEW, ["idle", "ada", "ada"]);
  await expectTurn(at, renewedAt + 2 * MINUTE, ["ada", "ada", "idle"]);
  await expectTurn(at, renewedAt + SKEW, ["idle", "idle", "idle"]);
});

describe("a key", () => {
  const [first, second] = ["one", "two"].map((id) => ({ id, secret: `${SECRET}-${id}` }));
  const ring = createKeyring({
    keys: [
      { ...first!, activateAt: START - HOUR },
      { ...second!, activateAt: START },
    ],
  });

  test("that another server's clock has made active opens where it is still to come", async () => {
    const { at } = await twoServers({ keyring: ring });
    await expectTurn(at, START - SKEW, ["premature", "ada", "ada"]);
    expect(await at(START - 1)).toBe("ada");
  });

  test("seals from its first millisecond on", async () => {
    let now = START;
    const { sessions } = testManager({ keyring: ring, clock: () => now });
    const sealedAt = async (instant: number) => {
      now = instant;
      const browser = new Browser();
      await play(sessions, browser, (session) => session.login("ada"));
      return (await visit(sessions, browser.header)).session.info().keyId;
    };
    await expectTurn(sealedAt, START, ["one", "two", "two"]);
  });

  test("that has retired opens no longer", async () => {
    const policy = { absoluteTimeout: "1h", propagation: "1m", skew: "5m" } as const;
    const retireAt = START + 2 * HOUR;
    const retiring = createKeyring({
      keys: [
        { ...first!, activateAt: START - HOUR, retireAt },
        { ...second!, activateAt: START },
      ],
      policy,
    });
    let now = START - 1;
    const sealer = createSealer({ keyring: retiring, purpose: "clock", clock: () => now });
    const token = await sealer.seal({ a: 1 }, { ttl: "1h" });
    const openedAt = async (instant: number) => {
      now = instant;
      return sealer.open(token).then(
        () => "opened",
        ({ reason }: { reason: string }) => reason,
      );
    };
    await expectTurn(openedAt, START - 1 + HOUR, ["opened", "opened", "expired"]);
    await expectTurn(openedAt, retireAt, ["expired", "key_retired", "key_retired"]);
  });
});

test("a recent sign-in is one up to its age, and one of a clock ahead is not older for that", async () => {
  const { browser, name } = await twoServers();
  let now = START;
  const reader: SessionManager = testManager({ name, clock: () => now }).sessions;
  const freshAt = async (instant: number) => {
    now = instant;
    const { session } = await visit(reader, browser.header);
    try {
      session.requireFresh("10m");
      return "fresh";
    } catch {
      return "stale";
    }
  };
  await expectTurn(freshAt, START + 10 * MINUTE, ["fresh", "fresh", "stale"]);
  await expectTurn(freshAt, START - SKEW, ["stale", "fresh", "fresh"]);
});

test("a message is shown for five minutes, and not one millisecond more", async () => {
  const { sessions, issuer, browser } = await twoServers();
  await play(sessions, browser, (session) => (session.flash("notice", "Saved"), session.save()));
  const shownAt = async (instant: number) => {
    issuer.advance(instant - issuer.now());
    return (await visit(sessions, browser.header)).session.hasFlash("notice");
  };
  await expectTurn(shownAt, START + 5 * MINUTE, [true, true, false]);
});

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test("a server behind takes a sign-in up to the skew; one ahead ends it at its own deadline", async () => {
    const issuer = await startApplication(start, { idleTimeout: "10m", absoluteTimeout: "10m" });
    const browser = await issuer.signIn("ada");
    const [began, clock] = [issuer.clock.now(), fixedClock(0)];
    const { name } = issuer;
    const reader = await startApplication(start, {
      name,
      clock: clock.now,
      idleTimeout: "10m",
      absoluteTimeout: "10m",
    });
    const at = async (instant: number) => {
      clock.advance(instant - clock.now());
      const { subject, rejection } = (await reader.ask(copyOf(browser), "/")).json;
      return rejection ?? subject;
    };
    await expectTurn(at, began - SKEW, ["premature", "ada", "ada"]);
    await expectTurn(at, began + 10 * MINUTE, ["ada", "ada", "expired"]);
  });
});
