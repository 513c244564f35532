import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";

type ApiRoute = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves `pages/api/auth/[...nextauth].ts` as Next.js does: with the query, the cookies and the body read. */
export function authRoute(route: ApiRoute): ApiRoute {
  const server = express();
  server.use(express.urlencoded());
  server.use("/api/auth", (request, response, next) => {
    const nextauth = request.path.split("/").filter((part) => part !== "");
    const pairs = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split(/=(.*)/s, 2));
    const cookies = Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, decodeURIComponent(value)]));
    Object.defineProperty(request, "query", { value: { ...request.query, nextauth } });
    Promise.resolve(route(Object.assign(request, { cookies }), response)).then(undefined, next);
  });
  return server;
}
