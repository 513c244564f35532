import { fastify } from "fastify";
import { HOUR, SECRET, USER, dataOf, usage, view } from "./session-data.mjs";

/*
 * Servers of Fastify, whose session plugins both give `request.session`.
 */

/** @type {Record<string, (app: import("fastify").FastifyInstance) => Promise<Record<string, Function>>>} */
const LIBRARIES = {
  async "no session"() {
    const data = dataOf(0);
    return { none: async () => view(data) };
  },
  async "sealed-session"(app) {
    const { sealedSession } = await import("sealed-session/fastify");
    const { manager } = await import("./sealed-session.mjs");
    await app.register(sealedSession, { sessions: await manager() });
    return {
      read: async ({ session }) => view(session.data),
      async write({ session }) {
        session.data.visits++;
        return view(session.data);
      },
      async login({ session, query }) {
        session.data = dataOf(Number(query.visitor));
        await session.login(USER);
        return "";
      },
    };
  },
  async "@fastify/secure-session"(app) {
    const { default: secureSession } = await import("@fastify/secure-session");
    await app.register(secureSession, {
      cookieName: "app",
      key: Buffer.from(SECRET, "base64url"),
      expiry: HOUR,
      cookie: { path: "/", secure: true, httpOnly: true, sameSite: "lax", maxAge: HOUR },
    });
    return {
      read: async ({ session }) => view(session.data()),
      async write({ session }) {
        session.set("visits", session.get("visits") + 1);
        return view(session.data());
      },
      async login({ session, query }) {
        for (const [name, value] of Object.entries(dataOf(Number(query.visitor)))) session.set(name, value);
        return "";
      },
    };
  },
};

/** @param {string} library @param {string} verb @returns {Promise<import("node:http").Server>} */
export async function serve(library, verb) {
  const app = fastify({ trustProxy: true });
  app.get("/usage", async () => usage());
  const handlers = await LIBRARIES[library](app);
  app.get("/", handlers[verb]);
  if (handlers.login) app.get("/login", handlers.login);
  await app.ready();
  return app.server;
}
