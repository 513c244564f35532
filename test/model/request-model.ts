import type { Live } from "./facts.js";
import { chunkNames, type Deployment, type Model } from "./model.js";
import type { CookieMap } from "./verdict.js";

/** The data that the commands store: nested, so that two requests sharing a parsed object would show. */
export interface Data {
  n?: number;
  list?: number[];
  box?: { value: number };
  pad?: string;
}

/** What is known of one open request. */
export interface RequestModel {
  readonly id: number;
  readonly deployment: Deployment;
  /** Whose it is; nothing for an attacker with a copied header. */
  readonly browser: number | undefined;
  readonly cookies: CookieMap;
  readonly isNew: boolean;
  /** The session's id as it was told: the model cannot foresee it. */
  sid: string;
  live: Live | undefined;
  data: Data;
  saved: string;
  destroyed: boolean;
  /** The cookies that the browser has, or will have after the response. */
  readonly present: Set<string>;
  /** What the response does so far: the cookies that it sets and those that it clears. */
  readonly response: Map<string, "set" | "clear">;
}

export function newRequest(
  id: number,
  deployment: Deployment,
  browser: number | undefined,
  cookies: CookieMap,
  live: Live | undefined,
  sid: string,
): RequestModel {
  const saved = live?.token.data ?? "{}";
  return {
    id,
    deployment,
    browser,
    cookies,
    isNew: live === undefined,
    sid,
    live,
    data: JSON.parse(saved) as Data,
    saved,
    destroyed: false,
    present: new Set(cookies.keys()),
    response: new Map(),
  };
}

/** The response sets these cookies, and clears what an earlier form of them left. */
export function willSet(request: RequestModel, base: string, names: readonly string[]): void {
  for (const name of names) {
    request.present.add(name);
    request.response.set(name, "set");
  }
  willClear(
    request,
    [base, ...chunkNames(base)].filter((name) => !names.includes(name)),
  );
}

/** The response clears those of the cookies that the browser has. */
export function willClear(request: RequestModel, names: Iterable<string>): void {
  for (const name of names) {
    if (request.present.delete(name)) request.response.set(name, "clear");
  }
}

export function everyName({ names }: Model): string[] {
  return [...Object.values(names), ...chunkNames(names.user), ...chunkNames(names.guest)];
}
