import { describe, expect, test } from "vitest";
import { Gates } from "../support/gates.js";
import { serve } from "../support/server.js";
import { Browser } from "../support/sessions.js";
import { type App, ironSession, sealedSession, type Seen } from "./apps.js";

/* I2: a slow response does not bring back what a faster one ended. */

interface Race {
  readonly name: string;
  /** What the browser did before. */
  readonly before: readonly string[];
  readonly slow: string;
  readonly fast: string;
  /** Whether what the fast request did still holds once both responses have arrived. */
  readonly holds: (seen: Seen) => boolean;
}

const RACES: Race[] = [
  {
    name: "a slow response that only renews against a fast one that stores",
    before: ["/login/ada"],
    slow: "/renew",
    fast: "/store/order",
    holds: ({ user, stored }) => user === "ada" && stored === "order",
  },
  {
    name: "a slow save against a logout",
    before: ["/login/ada"],
    slow: "/store/draft",
    fast: "/logout",
    holds: ({ user, stored }) => user === null && stored === null,
  },
  {
    name: "a guest's save in flight against a login",
    before: ["/store/first"],
    slow: "/store/second",
    fast: "/login/ada",
    holds: ({ user }) => user === "ada",
  },
  {
    name: "a new visitor's first save in flight against a login",
    before: [],
    slow: "/store/first",
    fast: "/login/ada",
    holds: ({ user }) => user === "ada",
  },
];

const ORDERS = ["slow response last", "fast response last"] as const;
const POINTS = ["after-open", "after-save"] as const;

/**
 * Plays a race with two real requests of one browser: the slow one is sent first and stands at `point` until the fast
 * one is answered; then the browser gets both responses in the given order.
 *
 * @returns what the next request sees
 */
async function play(
  race: Race,
  makeApp: (gates: Gates) => App,
  point: (typeof POINTS)[number],
  order: (typeof ORDERS)[number],
): Promise<Seen> {
  const gates = new Gates();
  const app = makeApp(gates);
  const port = await serve(app.handler);
  const browser = new Browser();
  const send = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ setCookies: string[]; seen: Seen }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { ...headers, cookie: browser.header },
    });
    const body = await response.text();
    expect(response.status, body).toBe(200);
    return { setCookies: response.headers.getSetCookie(), seen: JSON.parse(body) as Seen };
  };
  for (const path of race.before) browser.store((await send(path)).setCookies);
  app.wait();

  gates.close(point);
  const slow = send(race.slow, { "x-slow": "1" });
  await gates.reached(point);
  const fast = await send(race.fast);
  gates.open(point);
  const responses = order === "slow response last" ? [fast, await slow] : [await slow, fast];
  for (const { setCookies } of responses) browser.store(setCookies);
  return (await send("/look")).seen;
}

describe.each(RACES)("$name", (race) => {
  const table = POINTS.flatMap((point) => ORDERS.map((order) => [point, order] as const));

  test.each(table)("holds with sealed-session: slow one held %s, %s", async (point, order) => {
    const seen = await play(race, sealedSession, point, order);
    expect(race.holds(seen), JSON.stringify(seen)).toBe(true);
  });

  test.each(POINTS)("is lost with iron-session in one of the orders: slow one held %s", async (point) => {
    const outcomes: Record<string, boolean> = {};
    for (const order of ORDERS) outcomes[order] = race.holds(await play(race, ironSession, point, order));
    // The cookie that arrives last is the session: nothing tells a stale one from a fresh one.
    expect(outcomes).toEqual({ "slow response last": false, "fast response last": true });
  });
});

test("the races are real: the slow request of each writes its cookie with both libraries", async () => {
  for (const makeApp of [sealedSession, ironSession]) {
    for (const race of RACES) {
      const gates = new Gates();
      const app = makeApp(gates);
      const port = await serve(app.handler);
      const browser = new Browser();
      const send = async (path: string): Promise<string[]> => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie: browser.header } });
        return response.headers.getSetCookie();
      };
      for (const path of race.before) browser.store(await send(path));
      app.wait();
      expect(await send(race.slow), race.name).toHaveLength(1);
    }
  }
});
