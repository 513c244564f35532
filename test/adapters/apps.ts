import { nodeJar } from "sealed-session/node";
import { withSession } from "sealed-session/web";
import { bridge, serve } from "../support/server.js";
import type { Adapter } from "./scenarios/application.js";
import { handleOf, type Reply, route } from "./scenarios/routes.js";

/** The application without a framework. */
export const PLAIN_APPS: readonly Adapter[] = [
  [
    "nodeJar on node:http",
    (sessions) =>
      serve(async (request, response) => {
        const session = await sessions.open(nodeJar(request, response));
        const reply = await route(request.url ?? "/", handleOf(session), sessions);
        await session.save();
        if (reply.kind === "json")
          response.setHeader("Content-Type", "application/json").end(JSON.stringify(reply.body));
        else if (reply.kind === "redirect") response.writeHead(302, { location: reply.to }).end();
        else {
          for (const part of reply.parts) response.write(part);
          response.end();
        }
      }),
  ],
  [
    "withSession on web requests",
    (sessions) =>
      serve(
        bridge(
          withSession(sessions, async (request, session) =>
            toResponse(await route(request.url, handleOf(session), sessions)),
          ),
        ),
      ),
  ],
];

function toResponse(reply: Reply): Response {
  if (reply.kind === "json") return Response.json(reply.body);
  if (reply.kind === "redirect") return Response.redirect(new URL(reply.to, "http://localhost"), 302);
  const text = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const part of reply.parts) controller.enqueue(text.encode(part));
        controller.close();
      },
    }),
  );
}
