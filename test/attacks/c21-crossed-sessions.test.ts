import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { Random } from "../properties/random.js";
import { Browser, copyOf } from "../support/sessions.js";
import { attack } from "./support/target.js";

/*
 * C21. Two requests that run at the same time must not find each other's session. GitHub, March 2021: after one such
 * race everybody's sessions were ended.
 */

const USERS = 50;
const REQUESTS = 1_000;

/** What the visitors do: mostly look, else something that writes. */
const PATHS = ["/", "/", "/", "/store?colour=", "/redirect", "/stream", "/regenerate", "/fail"];

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test("a thousand interleaved requests of fifty users never cross", { timeout: 60_000 }, async () => {
    const { ask } = await attack(start);
    const users = await Promise.all(
      Array.from({ length: USERS }, async (_, at) => {
        const [name, browser] = [`user-${at}`, new Browser()];
        await ask(browser, `/login?subject=${name}`);
        await ask(browser, `/store?owner=${name}`);
        return { name, browser };
      }),
    );
    const random = new Random(7);
    const plan = Array.from({ length: REQUESTS }, () => [random.pick(users), random.pick(PATHS)] as const);
    let looked = 0;
    /** As many at a time as there are users; each begins the next as soon as one of its own is answered. */
    const work = async (): Promise<void> => {
      for (let next = plan.pop(); next; next = plan.pop()) {
        const [{ name, browser }, path] = next;
        // A copy: of two requests of one browser the one must not wait for the other's cookies.
        const copy = copyOf(browser);
        const { json, setCookies, status } = await ask(copy, path.endsWith("=") ? `${path}${name}` : path);
        if (path === "/regenerate") browser.store(setCookies);
        if (path !== "/") continue;
        looked++;
        // Superseded by a new id that came meanwhile: nobody then, but never somebody else.
        if (json["subject"] === null) expect([status, json["rejection"]]).toEqual([200, "superseded"]);
        else expect([json["subject"], (json["data"] as { owner: string }).owner]).toEqual([name, name]);
      }
    };
    await Promise.all(Array.from({ length: USERS }, work));
    expect(looked).toBeGreaterThan(REQUESTS / 4);
    for (const { name, browser } of users) {
      const { json } = await ask(browser, "/");
      expect([json["subject"], (json["data"] as { owner?: string }).owner]).toEqual([name, name]);
    }
  });
});
