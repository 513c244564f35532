import type { RejectionReason, SessionManagerOptions } from "sealed-session";
import { MAX_SAME_NAMED } from "../../../dist/cookies/header.js";
import { type Answer, type StartApp, startApplication } from "../../adapters/scenarios/application.js";

/** The application of an adapter, with somebody signed in whose cookie is known, and what it rejected so far. */
export async function attack(start: StartApp, options: Partial<SessionManagerOptions<undefined>> = {}) {
  const rejections: RejectionReason[] = [];
  const on = { rejected: ({ reason }: { reason: RejectionReason }) => void rejections.push(reason) };
  const app = await startApplication(start, { on, ...options });
  const browser = await app.signIn("ada");
  const token = browser.cookies.get(app.cookie) ?? "";
  return { ...app, browser, token, rejections };
}

/** What somebody at the other end of the connection can tell of an answer, but for the time of day. */
export function visible({ status, headers, body }: Answer): string {
  const lines = headers.filter(([name]) => name !== "date").map(([name, value]) => `${name}: ${value}`);
  return [status, ...lines, "", body].join("\n");
}

/** Lists of as many values as are looked at under one name: a request's worth each. */
export function inTwins<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / MAX_SAME_NAMED) }, (_, at) =>
    values.slice(at * MAX_SAME_NAMED, (at + 1) * MAX_SAME_NAMED),
  );
}

/** What an anonymous visitor is told, whatever else may have been in the request. */
export const NOBODY = { subject: null, isNew: true, data: {} };
