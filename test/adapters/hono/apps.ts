import { Hono } from "hono";
import { streamText } from "hono/streaming";
import type { SessionManager } from "sealed-session";
import { sealedSession } from "sealed-session/hono";
import { bridge, serve } from "../../support/server.js";
import type { Adapter } from "../scenarios/application.js";
import { handleOf, PATHS, route } from "../scenarios/routes.js";
import { listen } from "./support.js";

/** The application with Hono's middleware, by both ways into Hono. */
export const HONO_APPS: readonly Adapter[] = [
  ["Hono on @hono/node-server", (sessions) => listen(application(sessions))],
  [
    "Hono, by its fetch()",
    (sessions) => {
      const app = application(sessions);
      return serve(bridge((request) => app.fetch(request)));
    },
  ],
];

function application(sessions: SessionManager) {
  const app = new Hono().use(sealedSession(sessions));
  app.onError((_error, c) => c.text("failed", 500));
  for (const path of PATHS) {
    app.get(path, async (c) => {
      const answer = await route(c.req.url, handleOf(c.var.session), sessions);
      if (answer.kind === "redirect") return c.redirect(answer.to);
      if (answer.kind === "json") return c.json(answer.body as object);
      return streamText(c, async (stream) => {
        for (const part of answer.parts) await stream.write(part);
      });
    });
  }
  return app;
}
