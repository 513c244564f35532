import { promisify } from "node:util";
import express, { type RequestHandler } from "express";
import { serve } from "../../../support/server.js";
import { type Contestant, hold, perform } from "../support/application.js";
import { load } from "../support/load.js";
import { keyList } from "../support/secrets.js";
import { siteAt } from "../support/site.js";

const middleware = load("express-session") as ((options: object) => RequestHandler) & { MemoryStore: new () => object };

interface Session {
  user?: string | null;
  stored?: unknown;
  save(done: (error?: unknown) => void): void;
  regenerate(done: (error?: unknown) => void): void;
}

/** The sign-in and the sign-out of its documentation's example. */
function handleOf(carrier: { session: Session }) {
  const { session } = carrier;
  const regenerate = (): Promise<void> => promisify(carrier.session.regenerate.bind(carrier.session))();
  const save = (): Promise<void> => promisify(carrier.session.save.bind(carrier.session))();
  return {
    user: session.user,
    stored: session.stored,
    async login(user: string) {
      await regenerate();
      carrier.session.user = user;
      await save();
    },
    async logout() {
      session.user = null;
      await save();
      await regenerate();
    },
    store: (value: unknown) => void (session.stored = value),
    // The middleware does it with every response.
    keepAlive: () => undefined,
  };
}

export const expressSession: Contestant = {
  name: "express-session",
  package: "express-session",
  newApplication() {
    /** By the cookie's name: each application on a host has a name and a store of its own. */
    const stores = new Map<string, object>();
    return {
      async deploy({ cookieName, lifetime, keys, gates }) {
        const store = stores.get(cookieName) ?? new middleware.MemoryStore();
        stores.set(cookieName, store);
        const app = express();
        app.use(
          middleware({
            name: cookieName,
            secret: keyList(keys),
            resave: false,
            saveUninitialized: false,
            rolling: true,
            cookie: { maxAge: lifetime * 1_000 },
            store,
          }),
        );
        app.use((request, response, next) => {
          const performed = perform(request.url, handleOf(request), () => hold(gates, request.headers));
          performed.then((seen) => response.json(seen), next);
        });
        return siteAt(await serve(app));
      },
    };
  },
};
