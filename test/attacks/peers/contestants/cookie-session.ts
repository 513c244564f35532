import type { IncomingMessage } from "node:http";
import express, { type RequestHandler } from "express";
import { serve } from "../../../support/server.js";
import { type Contestant, hold, perform } from "../support/application.js";
import { load } from "../support/load.js";
import { keyList } from "../support/secrets.js";
import { siteAt } from "../support/site.js";

const middleware = load("cookie-session") as (options: object) => RequestHandler;

type Session = { user?: string; stored?: unknown; nowInMinutes?: number };

export const cookieSession: Contestant = {
  name: "cookie-session",
  package: "cookie-session",
  newApplication: () => ({
    async deploy({ cookieName, lifetime, keys, gates }) {
      const app = express();
      app.use(middleware({ name: cookieName, keys: keyList(keys), maxAge: lifetime * 1_000 }));
      app.use((request, response, next) => {
        const carrier = request as IncomingMessage as unknown as { session: Session | null };
        const session = carrier.session as Session;
        const handle = {
          user: session.user,
          stored: session.stored,
          login: (user: string) => void (session.user = user),
          logout: () => void (carrier.session = null),
          store: (value: unknown) => void (session.stored = value),
          keepAlive: () => void (session.nowInMinutes = Math.floor(Date.now() / 60_000)),
        };
        const performed = perform(request.url, handle, () => hold(gates, request.headers));
        performed.then((seen) => response.json(seen), next);
      });
      return siteAt(await serve(app));
    },
  }),
};
