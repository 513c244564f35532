import { readFileSync } from "node:fs";
import nodePath from "node:path";
import { DEFAULT_FILE } from "../command.js";
import type { Project } from "./project.js";
import { VARIABLE } from "./secret.js";
import { existingCode, makeFile, type Step } from "./steps.js";
import { DATABASE, sessionModule } from "./templates/session.js";

/** The project's session module, made now or found. */
export interface SessionModule {
  /** Relative to the project, with its extension. */
  readonly path: string;
  readonly step: Step;
  /** What is in it. */
  readonly text: string;
  /** What another module of the project imports it by. */
  importFrom(path: string): string;
}

/** Where it may be. */
const STEMS = ["lib/session", "app/lib/session", "lib/sealed-session"];
/** Where it is made: under the second name if somebody else's module has the first. */
const OURS: ReadonlySet<string> = new Set(["lib/session", "lib/sealed-session"]);

/** Finds the session module, or plans one beside what is there. */
export function findSessionModule(project: Project, ringFile: boolean): SessionModule {
  const { folder, base, extension } = project;
  const candidates = STEMS.map((stem) => ({ stem: base + stem, path: existingCode(folder, base + stem) }));
  for (const { path } of candidates) {
    const text = path === undefined ? "" : readFileSync(nodePath.join(folder, path), "utf8");
    if (path !== undefined && text.includes("sealed-session"))
      return found(project, path, text, aboutFound(text, ringFile));
  }
  const free = candidates.find(({ path, stem }) => path === undefined && OURS.has(stem.slice(base.length)));
  if (!free) {
    // Nothing to go on from by guessing: whatever would need the module is not made then.
    return found(project, candidates.at(-1)?.path ?? "", "", "it is somebody else's, and so is lib/session");
  }
  const path = free.stem + extension;
  const text = sessionModule(project, ringFile ? DEFAULT_FILE : undefined);
  const about = `the session's settings; ended sessions are kept in ${DATABASE}`;
  return { path, text, step: makeFile(folder, path, about, text), ...importer(project, path) };
}

function found(project: Project, path: string, text: string, about: string): SessionModule {
  return { path, text, step: { path, action: "leave", about }, ...importer(project, path) };
}

function aboutFound(text: string, ringFile: boolean): string {
  if (ringFile && !text.includes("keyringFile")) {
    return `it is there already, and takes no ring file: give it keyring: keyringFile("${DEFAULT_FILE}"), of sealed-session/keyring/file`;
  }
  if (!ringFile && !text.includes(VARIABLE))
    return `it is there already, and takes its keys from elsewhere than ${VARIABLE}`;
  return "it is there already";
}

function importer(
  { folder, framework, settings, importExtension }: Project,
  path: string,
): Pick<SessionModule, "importFrom"> {
  const target = path.replace(/\.[cm]?[jt]sx?$/, "") + importExtension;
  return {
    importFrom(from) {
      const aliased = settings.aliased && nodePath.relative(settings.aliased, nodePath.join(folder, target));
      // Node itself knows no aliases.
      if (framework === "next" && aliased && !aliased.startsWith("..")) return `@/${slashes(aliased)}`;
      const relative = slashes(nodePath.relative(nodePath.dirname(from), target));
      return relative.startsWith(".") ? relative : `./${relative}`;
    },
  };
}

function slashes(path: string): string {
  return path.split(nodePath.sep).join("/");
}
