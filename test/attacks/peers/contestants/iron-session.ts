import type { IncomingMessage, ServerResponse } from "node:http";
import { getIronSession as version9 } from "iron-session";
import { getIronSession as version8 } from "iron-session-8";
import { serve } from "../../../support/server.js";
import { type Contestant, type Deployment, hold, perform } from "../support/application.js";
import { SECRETS } from "../support/secrets.js";
import { siteAt } from "../support/site.js";

interface Session {
  user?: string;
  stored?: unknown;
  save(): Promise<void>;
  destroy(): void;
}

type GetIronSession = (
  request: IncomingMessage,
  response: ServerResponse,
  options: { cookieName: string; password: Record<string, string>; ttl: number },
) => Promise<Session>;

/** The password with the highest number seals, all of them open. */
function passwords(keys: Deployment["keys"]): Record<string, string> {
  return keys === "rotated" ? { 1: SECRETS[0], 2: SECRETS[1] } : { 1: SECRETS[0] };
}

const contestant = (packageName: string, getIronSession: GetIronSession): Contestant => ({
  name: "iron-session",
  package: packageName,
  newApplication: () => ({
    async deploy({ cookieName, lifetime, keys, gates }) {
      const options = { cookieName, password: passwords(keys), ttl: lifetime };
      const port = await serve(async (request, response) => {
        const session = await getIronSession(request, response, options);
        const handle = {
          user: session.user,
          stored: session.stored,
          login(user: string) {
            session.user = user;
            return session.save();
          },
          logout: () => session.destroy(),
          store(value: unknown) {
            session.stored = value;
            return session.save();
          },
          keepAlive: () => session.save(),
        };
        const seen = await perform(request.url ?? "/", handle, () => hold(gates, request.headers));
        response.end(JSON.stringify(seen));
      });
      return siteAt(port);
    },
  }),
});

export const ironSession9 = contestant("iron-session", version9);
export const ironSession8 = contestant("iron-session-8", version8);
