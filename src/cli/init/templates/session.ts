import type { Project } from "../project.js";

/** Where the set-up keeps the revocation list. */
export const DATABASE = "sessions.db";

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
${ringFile === undefined ? "" : `import { keyringFile } from "sealed-session/keyring/file";\n`}import { sqliteStore } from "sealed-session/revocation/sqlite";
${zod ? `import { z } from "zod";\n` : ""}
export const ${next ? `{ ${NEXT_EXPORTS} }` : "sessions"} = ${name}${typed}({
  name: "app", // the cookie's name
  keyring: ${ringFile === undefined ? "process.env.SESSION_KEYRING" : `keyringFile("${ringFile}")`},
${zod ? "  // What a session holds. A new one starts as {}, so every field has a default.\n  schema: z.object({ visits: z.number().default(0) }),\n" : ""}  idleTimeout: "30m",
  absoluteTimeout: "12h",
  // Which sessions were ended, in a file on this machine's disk. Several machines, and hosts without a lasting disk
  // (Vercel), need redisStore or postgresStore instead.
  revocation: sqliteStore("${DATABASE}"),
});
`;
}
