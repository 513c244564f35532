import { sessionMiddleware } from "sealed-session/node";
import type { Adapter } from "../scenarios/application.js";
import { type Handle, route } from "../scenarios/routes.js";
import { type Request, SERVERS } from "./support/servers.js";

/** The application behind the middleware, on each kind of server that it is for. */
export const EXPRESS_APPS: readonly Adapter[] = SERVERS.map(([name, start]) => [
  `sessionMiddleware on ${name}`,
  (sessions) =>
    start(sessionMiddleware(sessions), async (request, response) => {
      const reply = await route(request.url ?? "/", handleOf(request), sessions);
      if (reply.kind === "json") response.setHeader("Content-Type", "application/json").end(JSON.stringify(reply.body));
      else if (reply.kind === "redirect") response.writeHead(302, { location: reply.to }).end();
      else {
        for (const part of reply.parts) response.write(part);
        response.end();
      }
    }),
]);

function handleOf({ session }: Request): Handle {
  return {
    subject: session.subject,
    isNew: session.isNew,
    rejection: session.rejection,
    data: { ...session },
    set: (key, value) => void Object.assign(session, { [key]: value }),
    login: (subject) => session.login(subject),
    // express-session's regenerate() empties: a session that goes on under a new id is another sign-in.
    regenerate: () => session.login(session.subject ?? ""),
    destroy: () => session.destroy(),
  };
}
