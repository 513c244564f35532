import fastify, { type FastifyPluginCallback } from "fastify";
import { listen } from "../../../adapters/fastify/support.js";
import { type Contestant, hold, perform } from "../support/application.js";
import { load } from "../support/load.js";
import { keyList } from "../support/secrets.js";
import { siteAt } from "../support/site.js";

const plugin = load("@fastify/secure-session") as FastifyPluginCallback<Record<string, unknown>>;

interface Session {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  touch(): void;
  delete(): void;
}

export const secureSession: Contestant = {
  name: "@fastify/secure-session",
  package: "@fastify/secure-session",
  newApplication: () => ({
    async deploy({ cookieName, lifetime, keys, gates }) {
      const app = fastify({ forceCloseConnections: true });
      await app.register(plugin, {
        cookieName,
        key: keyList(keys).map((secret) => Buffer.from(secret).subarray(0, 32)),
        expiry: lifetime,
        cookie: { path: "/" },
      });
      app.get("/*", async ({ url, headers, session: opened }) => {
        const session = opened as unknown as Session;
        const handle = {
          user: session.get("user") as string | undefined,
          stored: session.get("stored"),
          login: (user: string) => session.set("user", user),
          logout: () => session.delete(),
          store: (value: unknown) => session.set("stored", value),
          keepAlive: () => session.touch(),
        };
        return perform(url, handle, () => hold(gates, headers));
      });
      return siteAt(await listen(app));
    },
  }),
};
