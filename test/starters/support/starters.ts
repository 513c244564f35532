import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../support/free-port.mjs";
import type { Consumer } from "../../package/consumer.js";
import { type Program, ROOT, start } from "../../e2e/support/program.js";

export const EXAMPLES = path.join(ROOT, "examples");

/** Where what a starter depends on is found: this repository's packages, and those of the runtimes. */
const MODULES = ["node_modules", "test/runtimes/node_modules"].map((folder) => path.join(ROOT, folder));

/** What git keeps of a starter. */
const isKept = (file: string): boolean => !/^(?:node_modules|\.next|\.env|sessions\.db.*)$/.test(path.basename(file));

/** A folder that a starter was copied to, with the packed package where the repository's own was. */
export interface Copy {
  readonly folder: string;
  remove(): void;
}

/**
 * Copies a starter as its README says, with this repository's packages in place of those that npm would download.
 *
 * @param inside for what insists on having its packages below one root: a folder within the repository
 */
export function copyStarter(name: string, { folder: packed }: Consumer, inside: boolean): Copy {
  const parent = inside ? path.join(ROOT, "test-results") : tmpdir();
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(realpathSync(parent), `${name}-`));
  cpSync(path.join(EXAMPLES, name), folder, { recursive: true, filter: isKept });
  const modules = path.join(folder, "node_modules");
  cpSync(path.join(packed, "node_modules"), modules, { recursive: true });
  if (!inside) for (const dependency of dependenciesOf(folder)) borrow(dependency, modules);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

function dependenciesOf(folder: string): string[] {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies?: Record<string, string>;
  };
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== "sealed-session");
}

function borrow(name: string, modules: string): void {
  const from = MODULES.map((folder) => path.join(folder, name)).find((folder) => existsSync(folder));
  if (from === undefined) throw new Error(`${name} is in no node_modules of this repository`);
  const target = path.join(modules, name);
  mkdirSync(path.dirname(target), { recursive: true });
  if (!existsSync(target)) symlinkSync(from, target);
}

export interface Running extends Program {
  readonly address: string;
}

/** Runs an npm script that serves, on a free port. @param node the folder of the Node that it runs on */
export async function serve(folder: string, script: readonly string[], node: string): Promise<Running> {
  const port = await freePort();
  const program = await start(script, {
    program: "npm",
    cwd: folder,
    // The starter says itself what NODE_ENV is.
    env: { NODE_ENV: undefined, PATH: `${node}${path.delimiter}${process.env["PATH"]}`, PORT: String(port) },
    ready: /Listening on|Ready in/,
  });
  return { ...program, address: `http://localhost:${port}` };
}
