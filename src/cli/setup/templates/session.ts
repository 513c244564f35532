import type { Project } from "../project.js";

const NEXT_EXPORTS = "sessions, getSession, withSession, sessionProxy";

/** The session module: `lib/session.ts`. */
export function sessionModule(project: Project, ringFile: string | undefined): string {
  const { framework, typescript, zod } = project;
  const next = framework === "next";
  const [name, from] = next
    ? ["createNextSessions", "sealed-session/next"]
    : ["createSessionManager", "sealed-session"];
  const typed = zod || !typescript ? "" : "<{ visits: number }>";
  return `import { ${name} } from "${from}";
${ringFile === undefined ? "" : `import { keyringFile } from "sealed-session/keyring/file";\n`}${zod ? `import { z } from "zod";\n` : ""}
export const ${next ? `{ ${NEXT_EXPORTS} }` : "sessions"} = ${name}${typed}({
  name: "app", // the cookie's name
  keyring: ${ringFile === undefined ? "process.env.SESSION_KEYRING" : `keyringFile("${ringFile}")`},
${zod ? "  // What a session holds. A new one starts as {}, so every field has a default.\n  schema: z.object({ visits: z.number().default(0) }),\n" : ""}  idleTimeout: "30m",
  absoluteTimeout: "12h",
  // Which sessions have ended is kept in this process's memory, and forgotten with it. For several servers, or to keep
  // sign-outs over a restart, give \`revocation\` a store that lasts.
});
`;
}
