import { serve as serveHono } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";

/** Serves an application on Node, whatever its environment; it stops when the test ends. @returns its port, on 127.0.0.1 */
export async function listen(app: Pick<Hono, "fetch">): Promise<number> {
  const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  return (server.address() as AddressInfo).port;
}
