import type { Project } from "../project.js";
import { countVisit } from "./count-visit.js";

/** The example route of the app router: `app/api/session/route.ts`. */
export function nextRoute({ zod }: Project, sessionImport: string): string {
  return `import { withSession } from "${sessionImport}";

/** Who is here, and how often they came. \`withSession\` saves the session when the handler returns. */
export const GET = withSession((_request, session) => {
  ${countVisit(zod)}
  return Response.json({ user: session.subject ?? null, visits: session.data.visits });
});

/** Signs in whoever says a name. A real sign-in checks a password here. */
export const POST = withSession(async (request, session) => {
  const user = new URLSearchParams(await request.text()).get("user") ?? "";
  if (!/^\\w{1,32}$/.test(user)) return Response.json({ error: "Who are you?" }, { status: 400 });
  await session.login(user); // a new session id; what the guest had is kept
  return Response.json({ user });
});

/** Signs out. A copy of the cookie is refused from now on. */
export const DELETE = withSession(async (_request, session) => {
  await session.destroy();
  return Response.json({ user: null });
});
`;
}
