import type { Session, SessionManager } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { withSession } from "sealed-session/web";
import { bridge, type NodeHandler } from "../support/server.js";

type Manager = SessionManager<Record<string, unknown>>;

/** What the little application under test does at a path; the answer is the session as it then is. */
async function act(path: string, session: Session): Promise<void> {
  const [, verb, argument = ""] = path.split("/");
  if (verb === "login") await session.login(argument);
  if (verb === "logout") await session.destroy();
  if (verb === "store") session.set("stored", argument);
}

function view(session: Session): string {
  const { subject = null, isNew, rejection = null, data } = session;
  return JSON.stringify({ subject, isNew, rejection, stored: data["stored"] ?? null });
}

/** The same application on each surface. */
export const SURFACES: [name: string, handler: (sessions: Manager) => NodeHandler][] = [
  [
    "/node",
    (sessions) => async (request, response) => {
      const session = await sessions.open(nodeJar(request, response));
      await act(request.url ?? "/", session);
      await session.save();
      response.end(view(session));
    },
  ],
  [
    "/web",
    (sessions) =>
      bridge(
        withSession(sessions, async (request, session) => {
          await act(new URL(request.url).pathname, session);
          return new Response(view(session));
        }),
      ),
  ],
];
