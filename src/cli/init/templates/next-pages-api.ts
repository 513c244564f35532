import type { Project } from "../project.js";
import { countVisit } from "./count-visit.js";

/** The example route of the pages router: `pages/api/session.ts`. */
export function nextPagesApi({ typescript, zod }: Project, sessionImport: string): string {
  const types = typescript ? `import type { NextApiRequest, NextApiResponse } from "next";\n` : "";
  const parameters = typescript ? "request: NextApiRequest, response: NextApiResponse" : "request, response";
  return `${types}import { getSession } from "${sessionImport}";

export default async function handler(${parameters}) {
  const session = await getSession(request, response);
  if (request.method === "GET") {
    // Who is here, and how often they came.
    ${countVisit(zod)}
    await session.save();
    return response.json({ user: session.subject ?? null, visits: session.data.visits });
  }
  if (request.method === "POST") {
    // Signs in whoever says a name. A real sign-in checks a password here.
    const user = String(request.body?.user ?? "");
    if (!/^\\w{1,32}$/.test(user)) return response.status(400).json({ error: "Who are you?" });
    await session.login(user); // a new session id; what the guest had is kept
    return response.json({ user });
  }
  if (request.method === "DELETE") {
    await session.destroy(); // a copy of the cookie is refused from now on
    return response.json({ user: null });
  }
  return response.status(405).setHeader("Allow", "GET, POST, DELETE").end();
}
`;
}
