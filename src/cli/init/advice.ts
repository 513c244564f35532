import nodePath from "node:path";
import { DEFAULT_FILE } from "../command.js";
import { quoted } from "../output/quoted.js";
import { usesSqlite } from "./database.js";
import { type Manifest, rangeOf } from "./manifest.js";
import type { Plan } from "./plan.js";
import type { Project } from "./project.js";
import { envFileName } from "./secret.js";

/** Something to do next, with the lines to run, if any. */
export interface Advice {
  readonly what: string;
  readonly run: readonly string[];
}

/** What is left to do after a set-up, in order. */
export function adviceFor(project: Project, plan: Plan): Advice[] {
  return [
    ...installs(project, plan),
    ...modules(project),
    ...start(project, plan),
    ...tryIt(project, plan),
    ...chooseStore(plan),
    deploy(project, plan),
  ];
}

function installs(
  { manifest, framework, typescript, packageManager: { add, addDev } }: Project,
  { module }: Plan,
): Advice[] {
  const missing = [
    ...(rangeOf(manifest, "sealed-session") === undefined ? [{ name: "sealed-session", what: "the package" }] : []),
    ...(usesSqlite(module.text) && !hasSqlite(manifest)
      ? [{ name: "libsql", what: "a driver for SQLite, which Node has from 22.13 on" }]
      : []),
  ];
  const all: Advice[] = [];
  if (missing.length > 0) {
    const what = `Install ${missing.map((one) => one.what).join(" and ")}`;
    all.push({ what, run: [`${add} ${missing.map(({ name }) => name).join(" ")}`] });
  }
  if (framework === "node" && typescript && rangeOf(manifest, "@types/node") === undefined) {
    all.push({ what: "Install Node's types", run: [`${addDev} @types/node`] });
  }
  return all;
}

/** `npm init` writes "commonjs", with which Turbopack refuses every file that has an `import`. */
function modules({ framework, manifest }: Project): Advice[] {
  if (framework !== "next" || manifest.type !== "commonjs") return [];
  const what = 'Take "type": "commonjs" out of package.json: with it Next.js refuses files that import';
  return [{ what, run: ["npm pkg delete type"] }];
}

/** Node 22.5 to 22.12 has SQLite behind a flag, and gives it to nobody without. */
function hasSqlite(manifest: Manifest): boolean {
  const node = process as { getBuiltinModule?(name: string): unknown };
  return (
    node.getBuiltinModule?.("node:sqlite") !== undefined ||
    ["libsql", "better-sqlite3"].some((name) => rangeOf(manifest, name) !== undefined)
  );
}

function start(project: Project, { example, module }: Plan): Advice[] {
  const { framework, manifest, packageManager } = project;
  if (framework === "next") {
    const line =
      manifest.scripts?.["dev"] === undefined ? `${packageManager.exec} next dev` : `${packageManager.run} dev`;
    return [{ what: "Start it", run: [line] }];
  }
  const env = module.text.includes("SESSION_KEYRING") ? ` --env-file=${envFileName("node")}` : "";
  if (example.action === "leave") {
    return env === "" ? [] : [{ what: "Have Node read the secret when it starts your server", run: [`node${env} …`] }];
  }
  return example.action === "skip" ? [] : [{ what: "Start it", run: startNode(project, example.path, env) }];
}

function startNode(project: Project, path: string, env: string): string[] {
  const { typescript, importExtension, manifest, settings, packageManager } = project;
  if (!typescript) return [`node${env} ${quoted(path)}`];
  const tsx = `${packageManager.exec} tsx${env} ${quoted(path)}`;
  if (rangeOf(manifest, "tsx") !== undefined) return [tsx];
  // Node takes types away by itself from 22.18 on, and finds a module by its file's own ending.
  const ownEndings = importExtension.endsWith("ts");
  if (ownEndings && stripsTypes()) return [`node${env} ${quoted(path)}`];
  const emits = !settings.noEmit && (!ownEndings || settings.rewriteRelativeImportExtensions);
  return emits
    ? [`${packageManager.exec} tsc`, `node${env} ${quoted(compiledPath(project, path))}`]
    : [`${packageManager.addDev} tsx`, tsx];
}

function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** Where the compiler puts a file. Without a `rootDir` the source's common folder counts, or (TypeScript 6) the project's. */
function compiledPath({ folder, base, settings, manifest }: Project, path: string): string {
  const { outDir = folder, rootDir } = settings;
  const old = /^\D*[1-5]\./.test(rangeOf(manifest, "typescript") ?? "");
  const root = rootDir ?? (old && settings.outDir !== undefined ? nodePath.join(folder, base) : folder);
  const compiled = nodePath.join(outDir, nodePath.relative(root, nodePath.join(folder, path)));
  return nodePath.relative(folder, compiled).split(nodePath.sep).join("/").replace(/ts$/, "js");
}

function tryIt({ framework }: Project, { example }: Plan): Advice[] {
  if (example.action !== "make") return [];
  const url = framework === "next" ? "http://localhost:3000/api/session" : "http://localhost:3000";
  const curl = "curl -b /tmp/jar -c /tmp/jar";
  return [
    {
      what: `Try it: reload ${url} in a browser, or count, sign in and sign out here`,
      run: [`${curl} ${url}`, `${curl} -d user=ada ${url}`, `${curl} -X DELETE ${url}`],
    },
  ];
}

function chooseStore({ module }: Plan): Advice[] {
  if (!usesSqlite(module.text)) return [];
  const where = "For several machines, or a host without a lasting disk (Vercel)";
  return [{ what: `${where}, give ${module.path} redisStore or postgresStore in place of sqliteStore`, run: [] }];
}

function deploy({ packageManager: { exec } }: Project, { module }: Plan): Advice {
  const program = `${exec} sealed-session`;
  const file = "keyring.production.json";
  const what = module.text.includes("keyringFile")
    ? `Deploy: make a ring for production, and bring the file to every server (as ${DEFAULT_FILE}, in the folder where the program starts); or, with keyring: process.env.SESSION_KEYRING in the code, pipe it to your host's secret store`
    : "Deploy: make a ring for production, and pipe it to your host's secret store as SESSION_KEYRING";
  return {
    what,
    run: [
      `${program} keys init --file ${file} --gitignore`,
      `${program} keys export --file ${file} | vercel env add SESSION_KEYRING production`,
    ],
  };
}
