import { Readable } from "node:stream";
import type { SessionManager } from "sealed-session";
import type { Adapter } from "../scenarios/application.js";
import { handleOf, PATHS, type Reply, route } from "../scenarios/routes.js";
import { application, listen } from "./support.js";

/** The application with Fastify's plugin, for both kinds of answers that Fastify takes. */
export const FASTIFY_APPS: readonly Adapter[] = [
  ["Fastify, streams of Node", withNodeStreams],
  ["Fastify, web responses", withWebResponses],
];

async function withNodeStreams(sessions: SessionManager): Promise<number> {
  const app = await application(sessions);
  for (const path of PATHS) {
    app.get(path, async ({ url, session }, reply) => {
      const answer = await route(url, handleOf(session), sessions);
      if (answer.kind === "redirect") return reply.redirect(answer.to);
      return answer.kind === "json" ? answer.body : reply.send(Readable.from(answer.parts));
    });
  }
  return listen(app);
}

async function withWebResponses(sessions: SessionManager): Promise<number> {
  const app = await application(sessions);
  for (const path of PATHS) {
    app.get(path, async ({ url, session }) => toResponse(await route(url, handleOf(session), sessions)));
  }
  return listen(app);
}

function toResponse(reply: Reply): Response {
  if (reply.kind === "json") return Response.json(reply.body);
  if (reply.kind === "redirect") return Response.redirect(new URL(reply.to, "http://localhost"), 302);
  return new Response(streamOf(reply.parts));
}

function streamOf(parts: readonly string[]): ReadableStream {
  return new Blob([...parts]).stream();
}
