import { expect } from "vitest";
import { Gates } from "../../../support/gates.js";
import { Browser, copyOf } from "../../../support/sessions.js";
import type { Application } from "../support/application.js";
import type { Answer, Visit } from "../support/site.js";
import { type Attack, deploy, MINUTE, pass, sessionCookies, signIn, userOf, visit } from "./attack.js";

/**
 * A slow request of ada's browser and a fast one that is sent after it and answered before it: once with the slow one
 * held on the server until the fast one is answered, once with only its answer late.
 *
 * @returns what each of the two left in the browser's session
 */
export async function race(application: Application, slow: Visit, fast: Visit): Promise<Answer["json"][]> {
  const outcomes: Answer["json"][] = [];
  for (const late of ["on the server", "on the way"]) {
    const gates = new Gates();
    const site = await deploy(application, { gates });
    const browser = await signIn(site, "ada");
    pass(30 * MINUTE);
    if (late === "on the server") gates.close("held");
    const answering = site.send(browser.header, { ...slow, slow: true });
    await (late === "on the server" ? gates.reached("held") : answering);
    await visit(site, browser, fast.verb, fast.argument);
    gates.open("held");
    browser.store((await answering).setCookies);
    outcomes.push((await site.send(browser.header, { verb: "look" })).json);
  }
  return outcomes;
}

export const ENDINGS: readonly Attack[] = [
  {
    name: "A copy of the cookie still opens after the sign-out",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      const copy = copyOf(browser);
      await visit(site, browser, "logout");
      expect(await userOf(site, browser.header)).toBe(null);
      return (await userOf(site, copy.header)) === null;
    },
  },
  {
    name: "A slow request, answered after the sign-out, signs in again",
    async holds(application) {
      const slow = { verb: "store", argument: '"draft"' } as const;
      const outcomes = await race(application, slow, { verb: "logout" });
      return outcomes.every(({ user }) => user === null);
    },
  },
  {
    name: "A slow request of the user before takes a sign-in back",
    async holds(application) {
      const slow = { verb: "store", argument: '"draft"' } as const;
      const outcomes = await race(application, slow, { verb: "login", argument: "bob" });
      return outcomes.every(({ user }) => user !== "ada");
    },
  },
  {
    name: "A slow request that only keeps the session alive undoes what another stored",
    async holds(application) {
      const fast = { verb: "store", argument: '"order"' } as const;
      const outcomes = await race(application, { verb: "keepAlive" }, fast);
      return outcomes.every(({ stored }) => stored === "order");
    },
  },
  {
    name: "A session that was planted before the sign-in is signed in with it",
    async holds(application) {
      const site = await deploy(application);
      const planted = new Browser();
      await visit(site, planted, "store", '"planted"');
      const victim = copyOf(planted);
      await visit(site, victim, "login", "ada");
      expect(await userOf(site, victim.header)).toBe("ada");
      return (await userOf(site, planted.header)) === null;
    },
  },
  {
    name: "A response that sets the session may be kept by a shared cache",
    async holds(application) {
      const site = await deploy(application);
      const browser = new Browser();
      const answers = [await visit(site, browser, "login", "ada"), await visit(site, browser, "store", '"draft"')];
      const names = sessionCookies(browser).map(([name]) => name);
      const sets = answers.map(({ setCookies }) => setCookies.some((line) => names.includes(line.split("=")[0] ?? "")));
      expect(sets).toContain(true);
      return answers.every(({ cacheControl }, at) => !sets[at] || /\b(private|no-store)\b/.test(cacheControl));
    },
  },
];
