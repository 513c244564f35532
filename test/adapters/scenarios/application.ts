import type { SessionManager, SessionManagerOptions } from "sealed-session";
import { rawRequest, type RawResponse } from "../../support/server.js";
import { Browser, testManager } from "../../support/sessions.js";

/**
 * Starts the application of `routes.ts` behind a real server. It stops when the test ends.
 * @returns the port, on 127.0.0.1
 */
export type StartApp = (sessions: SessionManager) => Promise<number>;

/** The application as one adapter serves it. */
export type Adapter = readonly [name: string, start: StartApp];

export interface Answer extends RawResponse {
  /** The body, where it is a JSON object. */
  readonly json: Record<string, unknown>;
}

/** The application with a manager of its own, and its visitors. */
export async function startApplication(start: StartApp, options: Partial<SessionManagerOptions<undefined>> = {}) {
  const manager = testManager(options);
  const port = await start(manager.sessions);
  /** One request with these lines of the `Cookie` header, as they are. */
  const send = async (cookies: readonly string[], path = "/", more: readonly string[] = []): Promise<Answer> => {
    const response = await rawRequest(port, path, cookies, more);
    const isJson = response.body.startsWith("{");
    return { ...response, json: isJson ? (JSON.parse(response.body) as Record<string, unknown>) : {} };
  };
  const ask = async (browser: Browser, path: string, more: readonly string[] = []): Promise<Answer> => {
    const answer = await send(browser.header === "" ? [] : [browser.header], path, more);
    browser.store(answer.setCookies);
    return answer;
  };
  const signIn = async (subject: string): Promise<Browser> => {
    const browser = new Browser();
    await ask(browser, `/login?subject=${subject}`);
    return browser;
  };
  return { ...manager, port, send, ask, signIn, cookie: manager.sessions.cookieNames.user };
}
