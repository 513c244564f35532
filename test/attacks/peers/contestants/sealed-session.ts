import { createKeyring, createSessionManager, memoryStore } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { serve } from "../../../support/server.js";
import { type Contestant, type Deployment, hold, perform } from "../support/application.js";
import { SECRETS } from "../support/secrets.js";
import { siteAt } from "../support/site.js";

const HOUR = 3_600_000;
let count = 0;

/** The ring, and the same after `sealed-session keys rotate` has staged a key. */
function ring(keys: Deployment["keys"]) {
  const first = { id: "k1", secret: SECRETS[0], activateAt: Date.now() - HOUR };
  const second = { id: "k2", secret: SECRETS[1], activateAt: Date.now() + HOUR };
  return createKeyring({ keys: keys === "one" ? [first] : [first, second] });
}

export const sealedSession: Contestant = {
  name: "sealed-session",
  newApplication() {
    const store = `peers-${process.pid}-${++count}`;
    return {
      async deploy({ cookieName, lifetime, keys, gates }) {
        const sessions = createSessionManager<{ stored: unknown }>({
          name: cookieName,
          keyring: ring(keys),
          idleTimeout: lifetime * 1_000,
          revocation: memoryStore({ name: store }),
        });
        const port = await serve(async (request, response) => {
          const session = await sessions.open(nodeJar(request, response));
          const handle = {
            user: session.subject,
            stored: session.data.stored,
            login: (user: string) => session.login(user),
            logout: () => session.destroy(),
            store(value: unknown) {
              session.data.stored = value;
              return session.save();
            },
            keepAlive: () => session.save(),
          };
          const seen = await perform(request.url ?? "/", handle, () => hold(gates, request.headers));
          response.end(JSON.stringify(seen));
        });
        return siteAt(port);
      },
    };
  },
};
