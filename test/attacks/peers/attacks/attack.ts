import { expect, vi } from "vitest";
import { Gates } from "../../../support/gates.js";
import { Browser } from "../../../support/sessions.js";
import type { Application, Deployment } from "../support/application.js";
import type { Answer, Site, Visit } from "../support/site.js";

/** One row of the table. */
export interface Attack {
  /** As in the table's first column. */
  readonly name: string;
  /** @returns whether the library held */
  holds(application: Application): Promise<boolean>;
}

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;

/** A server as every attack begins with; sessions live an hour. */
export function deploy(application: Application, changes: Partial<Deployment> = {}): Promise<Site> {
  return application.deploy({ cookieName: "app", lifetime: HOUR, keys: "one", gates: new Gates(), ...changes });
}

/** Time goes by, in seconds. */
export function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1_000);
}

/** One request of a browser, which keeps what the response sets. */
export async function visit(site: Site, browser: Browser, verb: Visit["verb"], argument?: string): Promise<Answer> {
  const answer = await site.send(browser.header, { verb, ...(argument !== undefined && { argument }) });
  browser.store(answer.setCookies);
  return answer;
}

/** Who a `Cookie` header is taken for. */
export async function userOf(site: Site, cookies: string): Promise<string | null> {
  const { status, json } = await site.send(cookies, { verb: "look" });
  return status === 200 ? (json.user ?? null) : null;
}

/** A browser that has just signed in. That it is signed in is what makes the attack one. */
export async function signIn(site: Site, user: string): Promise<Browser> {
  const browser = new Browser();
  await visit(site, browser, "login", user);
  expect(await userOf(site, browser.header)).toBe(user);
  return browser;
}

/** The cookies of a browser that carry its session: the library's others (against CSRF, say) are not attacked. */
export function sessionCookies(browser: Browser): [name: string, value: string][] {
  return [...browser.cookies].filter(([name]) => name.includes("app"));
}

/** The browser's `Cookie` header with another value in place of one. */
export function headerWith(browser: Browser, name: string, value: string): string {
  return [...browser.cookies].map(([each, own]) => `${each}=${each === name ? value : own}`).join("; ");
}
