import { type AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import type { SessionManager } from "sealed-session";
import { sealedSession } from "sealed-session/fastify";

/** An application with the plugin, whose routes are still to come. */
export async function application(sessions: SessionManager): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(sealedSession, { sessions });
  return app;
}

/** Starts it; it stops when the test ends. @returns its port, on 127.0.0.1 */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return (app.server.address() as AddressInfo).port;
}
