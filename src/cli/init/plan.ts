import { databaseSteps } from "./database.js";
import { ignoreSteps } from "./ignore.js";
import type { Project } from "./project.js";
import { envSecret, ringFileSecret, type SecretFile, VARIABLE } from "./secret.js";
import { findSessionModule, type SessionModule } from "./session-module.js";
import { existingCode, makeFile, type Step } from "./steps.js";
import { nextPagesApi } from "./templates/next-pages-api.js";
import { nextProxy } from "./templates/next-proxy.js";
import { nextRoute } from "./templates/next-route.js";
import { nodeServer } from "./templates/node-server.js";

/** What `init` does to a project. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly module: SessionModule;
  /** The example, made or found: a route, or the server. */
  readonly example: Step;
}

/** An example that is written from the session module's names. */
interface Example {
  /** Its path without the ending. */
  readonly stem: string;
  readonly about: string;
  /** What the session module must have for it. */
  readonly needs: readonly string[];
  /** Stems of files in whose place it would be. */
  readonly rivals?: readonly string[];
  readonly found: string;
  /** Why it would not work in this project. */
  readonly obstacle?: string | undefined;
  readonly write: (sessionImport: string) => string;
}

/** Looks at what is there, and says what to do. Nothing is changed. */
export function planSetup(project: Project, ringFile: boolean): Plan {
  const module = findSessionModule(project, ringFile);
  const made = (example: Example): Step => planExample(project, module, example);
  const example = made(project.framework === "node" ? server(project) : route(project));
  const secret = planSecret(project, module, ringFile);
  const database = databaseSteps(project.folder, module.text);
  const proxy = project.framework === "next" ? [made(nextProxyFile(project, module))] : [];
  const keptOut = secret?.keptOut ? [secret.keptOut, ...database.keptOut] : database.keptOut;
  const ignore = ignoreSteps(project.folder, keptOut);
  const files = [...(secret ? [secret.step] : []), ...database.steps, module.step, example, ...proxy];
  return { steps: [...ignore, ...files], module, example };
}

/** A module of the project's own may take its keys from anywhere: then none are made that nobody reads. */
function planSecret(project: Project, module: SessionModule, ringFile: boolean): SecretFile | undefined {
  if (!module.text.includes(ringFile ? "keyringFile" : VARIABLE)) return undefined;
  return ringFile ? ringFileSecret(project) : envSecret(project);
}

function planExample(project: Project, module: SessionModule, example: Example): Step {
  const { folder, base, extension } = project;
  const { stem, about, needs, rivals = [], found, obstacle, write } = example;
  for (const rival of [stem, ...rivals]) {
    const existing = existingCode(folder, base + rival);
    if (existing !== undefined) return { path: existing, action: "leave", about: found };
  }
  const path = base + stem + extension;
  if (obstacle !== undefined) return { path, action: "skip", about: obstacle };
  const missing = [...needs, ...dataNeeds(project, module)].filter((name) => !mentions(module, name));
  if (missing.length > 0) return { path, action: "skip", about: `${module.path} has no ${missing.join(" and no ")}` };
  return makeFile(folder, path, about, write(module.importFrom(path)));
}

/** The example counts visits: in JavaScript without a schema nothing stands in the way of that. */
function dataNeeds({ typescript }: Project, module: SessionModule): string[] {
  return typescript || mentions(module, "schema") ? ["visits"] : [];
}

function mentions({ text }: SessionModule, name: string): boolean {
  return new RegExp(String.raw`\b${name}\b`).test(text);
}

function route(project: Project): Example {
  const found = "it is there already";
  return project.router === "app"
    ? {
        stem: "app/api/session/route",
        about: "an example: who is here, sign in, sign out",
        needs: ["withSession"],
        // One address has one handler.
        rivals: ["pages/api/session", "pages/api/session/index"],
        found,
        write: (sessionImport) => nextRoute(project, sessionImport),
      }
    : {
        stem: "pages/api/session",
        about: "an example: who is here, sign in, sign out",
        needs: ["getSession"],
        rivals: ["pages/api/session/index"],
        found,
        write: (sessionImport) => nextPagesApi(project, sessionImport),
      };
}

function server(project: Project): Example {
  return {
    stem: "server",
    about: "an example: who is here, sign in, sign out",
    needs: ["sessions"],
    found: "it is there already. In it: const session = await sessions.open(nodeJar(request, response))",
    write: (sessionImport) => nodeServer(project, sessionImport),
  };
}

/** What there is for Node only, in files or over the network. */
const FOR_NODE = ["keyringFile", "sqliteStore", "redisStore", "postgresStore"];

function nextProxyFile({ nextMajor, nextMinor }: Project, module: SessionModule): Example {
  const name = nextMajor >= 16 ? "proxy" : "middleware";
  // Before Next.js 16 it runs on the edge; from 15.5 on in Node, where it asks for that.
  const asksForNode = nextMajor === 15 && nextMinor >= 5;
  const onEdge = nextMajor < 16 && !asksForNode;
  const fits = !onEdge || !FOR_NODE.some((needed) => mentions(module, needed));
  const how = `To renew sessions in it: export const ${name} = sessionProxy((request, session) => { … })`;
  return {
    stem: name,
    about: "renews sessions, which components cannot",
    needs: ["sessionProxy"],
    rivals: ["proxy", "middleware"],
    found: fits
      ? `it is there already. ${how}${asksForNode ? `, and in its config runtime: "nodejs"` : ""}`
      : `it is there already; before Next.js 15.5 it cannot use ${module.path}`,
    obstacle: fits
      ? undefined
      : `before Next.js 15.5 it cannot use ${module.path}, which needs Node: handlers and actions renew sessions`,
    write: (sessionImport) => nextProxy(sessionImport, name, asksForNode),
  };
}
