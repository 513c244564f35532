import type { IncomingMessage, ServerResponse } from "node:http";
import { getIronSession } from "iron-session";
import { nodeJar } from "sealed-session/node";
import type { Gates } from "../support/gates.js";
import type { NodeHandler } from "../support/server.js";
import { SECRET, testManager } from "../support/sessions.js";

/** What a visitor sees: who is signed in, and what was stored. */
export interface Seen {
  readonly user: string | null;
  readonly stored: string | null;
}

/** The same small application with one session library: every request opens the session and saves it at the end. */
export interface App {
  readonly handler: NodeHandler;
  /** Lets enough time pass that a renewal is due. */
  readonly wait: () => void;
}

/** The race's slow request stops here: before and after its save, never the fast one. */
async function atPoint(gates: Gates, request: IncomingMessage, point: string): Promise<void> {
  if (request.headers["x-slow"] !== undefined) await gates.pass(point);
}

/** With iron-session, as its documentation writes it: `save()` on every request is what keeps a session from expiring. */
export function ironSession(gates: Gates): App {
  const options = { cookieName: "app", password: SECRET, cookieOptions: { secure: false } };
  return {
    wait: () => undefined,
    async handler(request, response) {
      const session = await getIronSession<{ user: string; stored: string }>(request, response, options);
      const [, verb, value = ""] = (request.url ?? "").split("/");
      await atPoint(gates, request, "after-open");
      if (verb === "store") session.stored = value;
      if (verb === "login") session.user = value;
      if (verb === "logout") session.destroy();
      else if (verb !== "look") await session.save();
      await atPoint(gates, request, "after-save");
      answer(response, { user: session.user ?? null, stored: session.stored ?? null });
    },
  };
}

/** With this package. */
export function sealedSession(gates: Gates): App {
  const { sessions, clock } = testManager();
  return {
    wait: () => clock.advance(1_800_000),
    async handler(request, response) {
      const session = await sessions.open(nodeJar(request, response));
      const [, verb, value = ""] = (request.url ?? "").split("/");
      await atPoint(gates, request, "after-open");
      if (verb === "store") session.set("stored", value);
      if (verb === "login") await session.login(value);
      if (verb === "logout") await session.destroy();
      else if (verb !== "look") await session.save();
      await atPoint(gates, request, "after-save");
      answer(response, {
        user: session.subject ?? null,
        stored: (session.get("stored") as string | undefined) ?? null,
      });
    },
  };
}

function answer(response: ServerResponse, seen: Seen): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(seen));
}
