import { createContext, redirect } from "react-router";
import type { SessionManager } from "sealed-session";
import { createSealedSessionStorage, createSessionMiddleware } from "sealed-session/react-router";
import { bridge, serve } from "../../support/server.js";
import type { Adapter } from "../scenarios/application.js";
import { handleOf, PATHS, type Reply, route } from "../scenarios/routes.js";
import { page, requestHandler, type TestRoute } from "./support.js";

type Loaded = (arguments_: { readonly request: Request; readonly context: never }) => Promise<unknown>;

/** One route for every path, with the same loader. */
function routesOf(root: TestRoute["module"], loader: Loaded, more: TestRoute["module"]): Record<string, TestRoute> {
  const children = PATHS.map((path): [string, TestRoute] => [
    `route ${path}`,
    { parentId: "root", path: path.slice(1), module: { loader: loader as never, ...more } },
  ]);
  return { root: { module: { default: page, ...root } }, ...Object.fromEntries(children) };
}

function toResponse(reply: Reply, headers: HeadersInit = {}): Response {
  if (reply.kind === "json") return Response.json(reply.body, { headers });
  if (reply.kind === "redirect") return redirect(reply.to, { headers });
  return new Response(streamOf(reply.parts), { headers });
}

function withMiddleware(sessions: SessionManager) {
  const { sessionMiddleware, sessionContext } = createSessionMiddleware(sessions);
  const answer: (url: string, context: never) => Promise<Reply> = (url, context: { get(of: object): never }) =>
    route(url, handleOf(context.get(sessionContext)), sessions);
  return { root: { middleware: [sessionMiddleware] }, answer };
}

/** The application with React Router's middleware, for both kinds of routes, and with its session storage. */
export const REACT_ROUTER_APPS: readonly Adapter[] = [
  ["React Router's middleware, resource routes", withResourceRoutes],
  ["React Router's middleware, pages", withPages],
  ["React Router's session storage", withStorage],
];

function withResourceRoutes(sessions: SessionManager): Promise<number> {
  const { root, answer } = withMiddleware(sessions);
  const loader: Loaded = async ({ request, context }) => toResponse(await answer(request.url, context));
  return serve(bridge(requestHandler(routesOf(root, loader, {}))));
}

function withPages(sessions: SessionManager): Promise<number> {
  const { root, answer } = withMiddleware(sessions);
  const replies = createContext<Reply>();
  // The page is what the loader answered, put together by a middleware closer to it than the session's.
  const render = async ({ context }: { context: { get(of: object): Reply } }, next: () => Promise<Response>) => {
    const response = await next();
    const { status, headers } = response;
    if (status !== 200) return response;
    return new Response(toResponse(context.get(replies)).body, { status, headers });
  };
  const loader: Loaded = async ({ request, context }) => {
    const reply = await answer(request.url, context);
    (context as { set(of: object, value: Reply): void }).set(replies, reply);
    return reply.kind === "redirect" ? redirect(reply.to) : null;
  };
  return serve(bridge(requestHandler(routesOf(root, loader, { default: page, middleware: [render] }))));
}

function withStorage(sessions: SessionManager): Promise<number> {
  const { getSession, commitHeaders } = createSealedSessionStorage(sessions);
  const loader: Loaded = async ({ request }) => {
    const session = await getSession(request.headers.get("Cookie"));
    const reply = await route(request.url, handleOf(session), sessions);
    return toResponse(reply, await commitHeaders(session));
  };
  return serve(bridge(requestHandler(routesOf({}, loader, {}))));
}

function streamOf(parts: readonly string[]): ReadableStream {
  return new Blob([...parts]).stream();
}
