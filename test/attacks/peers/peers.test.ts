import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import { deploy, signIn, userOf, visit } from "./attacks/attack.js";
import { COOKIES } from "./attacks/cookies.js";
import { ENDINGS, race } from "./attacks/endings.js";
import { LIFETIMES } from "./attacks/lifetimes.js";
import { cookieSession } from "./contestants/cookie-session.js";
import { expressSession } from "./contestants/express-session.js";
import { CONTESTANTS } from "./contestants/index.js";
import { nextAuthJwt } from "./contestants/next-auth.js";
import { sealedSession } from "./contestants/sealed-session.js";
import { secureSession } from "./contestants/secure-session.js";
import type { Contestant } from "./support/application.js";
import { SECRETS } from "./support/secrets.js";
import { headOf, readMarks, readTable } from "./table.js";

/*
 * The same attacks on this library and on its peers, each a server with the library as its documentation sets it up.
 * docs/attacks.md says how they come out; here it is found out, and the page compared.
 */
const ATTACKS = [...ENDINGS, ...LIFETIMES, ...COOKIES];
const table = readTable();

// The peers have no clock to hand in. Only the date is set: what waits for the network waits as it does.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("the page's table has exactly these attacks, and these libraries in the versions that are installed", () => {
  expect(table.attacks.toSorted()).toEqual(ATTACKS.map(({ name }) => name).toSorted());
  expect(table.contestants).toEqual(CONTESTANTS.map(headOf));
});

test("every note is referred to, and every reference has its note", () => {
  const { used, explained } = readMarks();
  expect(used).toEqual(explained);
});

describe.each(CONTESTANTS.map((contestant) => [headOf(contestant), contestant] as const))("%s", (head, contestant) => {
  test.each(ATTACKS.map((attack) => [attack.name, attack] as const))("%s", async (name, { holds }) => {
    const outcome = (await holds(contestant.newApplication())) ? "holds" : "fails";
    expect(outcome).toBe(table.cell(name, head));
  });
});

describe("as the page's notes say", () => {
  const signedInAt = async (contestant: Contestant, keys: "appended" | "rotated", opener: "one" | "appended") => {
    const application = contestant.newApplication();
    const [there, here] = [await deploy(application, { keys: opener }), await deploy(application, { keys })];
    return userOf(there, (await signIn(here, "ada")).header);
  };

  test.each([cookieSession, secureSession, expressSession])(
    "$name takes a new key in two deployments, the first of which appends it",
    async (contestant) => {
      expect(await signedInAt(contestant, "appended", "one")).toBe("ada");
      expect(await signedInAt(contestant, "rotated", "appended")).toBe("ada");
    },
  );

  test("so does sealed-session with a bare list of secrets, and not in one", async () => {
    const [older, newer] = SECRETS;
    const { name } = testManager();
    const server = (keyring: string[]) => testManager({ name, keyring }).sessions;
    const signedIn = async (sealing: string[], opening: string[]) => {
      const browser = new Browser();
      await play(server(sealing), browser, (session) => session.login("ada"));
      return (await play(server(opening), browser, ({ subject }) => subject)).result;
    };
    expect(await signedIn([newer, older], [older])).toBeUndefined();
    expect(await signedIn([older, newer], [older])).toBe("ada");
    expect(await signedIn([newer, older], [older, newer])).toBe("ada");
  });

  test("next-auth keeps the answer out of caches that its session endpoint gives to a GET", async () => {
    const site = await deploy(nextAuthJwt.newApplication());
    const answer = await visit(site, await signIn(site, "ada"), "keepAlive");
    expect(answer.setCookies).not.toEqual([]);
    expect(answer.cacheControl).toBe("private, no-cache, no-store");
  });

  test("sealed-session: where the earlier user's answer is only late on its way, nobody is signed in", async () => {
    const slow = { verb: "store", argument: '"draft"' } as const;
    const outcomes = await race(sealedSession.newApplication(), slow, { verb: "login", argument: "bob" });
    expect(outcomes.map(({ user }) => user)).toEqual(["bob", null]);
  });
});
