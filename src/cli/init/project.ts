import { existsSync } from "node:fs";
import nodePath from "node:path";
import { type Manifest, rangeOf, readManifest, versionOf } from "./manifest.js";
import { type PackageManager, packageManagerOf } from "../package-manager.js";
import { type CompilerSettings, readCompilerSettings } from "./tsconfig.js";

export type Framework = "next" | "node";

/** A project as `init` found it. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly framework: Framework;
  /** Of Next.js: its major version; the newest known where nothing tells. */
  readonly nextMajor: number;
  /** Of Next.js: its minor version; without an end where nothing tells, since the newest gets installed. */
  readonly nextMinor: number;
  /** Of Next.js. Where both are there, the app router. */
  readonly router: "app" | "pages";
  /** Where the code is: `src/` or the project's own folder. */
  readonly base: "" | "src/";
  readonly settings: CompilerSettings;
  /** Whether the files are written in TypeScript. */
  readonly typescript: boolean;
  /** Why they are not, in a project that has a tsconfig.json. */
  readonly typescriptProblem: string | undefined;
  /** Of the files, with its dot. */
  readonly extension: ".ts" | ".mts" | ".js" | ".mjs";
  /** What relative imports end with. */
  readonly importExtension: "" | ".ts" | ".mts" | ".js" | ".mjs";
  readonly zod: boolean;
  readonly packageManager: PackageManager;
}

const NEWEST_NEXT = 16;
/** The first one whose schemas are Standard Schemas is 3.24; a range of an older 3 is rare enough to be looked at. */
const ZOD = /^[\^~>=v\s]*(?:[4-9]|3\.(?:2[4-9]|[3-9]\d))|^(?:latest|\*|catalog:|workspace:)/;

/**
 * Looks at a project's files.
 *
 * @param framework overrides what package.json says
 * @throws CommandFailure when there is no usable package.json
 */
export function inspectProject(folder: string, framework?: Framework): Project {
  const manifest = readManifest(folder);
  const chosen = framework ?? (rangeOf(manifest, "next") === undefined ? "node" : "next");
  const config = readCompilerSettings(nodePath.join(folder, "tsconfig.json"));
  const next = versionOf(folder, manifest, "next");
  const common = {
    folder,
    manifest,
    framework: chosen,
    nextMajor: next?.major ?? NEWEST_NEXT,
    nextMinor: next?.minor ?? Infinity,
    zod: ZOD.test(rangeOf(manifest, "zod") ?? ""),
    packageManager: packageManagerOf(folder, manifest.packageManager),
    typescriptProblem: undefined,
  };
  return chosen === "next"
    ? { ...common, ...nextLayout(folder, manifest, config) }
    : { ...common, ...nodeLayout(folder, manifest, config) };
}

type Layout = Pick<
  Project,
  "router" | "base" | "settings" | "typescript" | "extension" | "importExtension" | "typescriptProblem"
>;

function nextLayout(folder: string, manifest: Manifest, config: CompilerSettings | undefined): Layout {
  const has = (path: string): boolean => existsSync(nodePath.join(folder, path));
  // Next.js looks into src/ only where the project's own folder has neither router.
  const base = !has("app") && !has("pages") && has("src") ? "src/" : "";
  const settings = config ?? readCompilerSettings(nodePath.join(folder, "jsconfig.json")) ?? {};
  const strictImports = /^node(16|next)$/.test(settings.moduleResolution ?? settings.module ?? "");
  return {
    router: !has(`${base}app`) && has(`${base}pages`) ? "pages" : "app",
    base,
    settings,
    typescript: config !== undefined,
    typescriptProblem: undefined,
    extension: config ? ".ts" : ".js",
    importExtension: config && strictImports && manifest.type === "module" ? ".js" : "",
  };
}

function nodeLayout(folder: string, manifest: Manifest, config: CompilerSettings | undefined): Layout {
  const modules = manifest.type === "module";
  const problem = config && whyNotTypeScript(config, versionOf(folder, manifest, "typescript")?.major ?? 6);
  const typescript = config !== undefined && problem === undefined;
  const tsExtensions = config?.allowImportingTsExtensions ?? config?.rewriteRelativeImportExtensions ?? false;
  const compiled = modules ? ".js" : ".mjs";
  const extension = modules ? ".ts" : ".mts";
  return {
    router: "app",
    base: existsSync(nodePath.join(folder, "src")) ? "src/" : "",
    settings: config ?? {},
    typescript,
    typescriptProblem: problem,
    extension: typescript ? extension : compiled,
    importExtension: typescript && tsExtensions ? extension : compiled,
  };
}

/** The package is ES modules, found by package.json's `exports`. A compiler that knows neither cannot use it. */
function whyNotTypeScript(settings: CompilerSettings, compiler: number): string | undefined {
  const format = settings.module ?? (compiler >= 6 ? "esnext" : "commonjs");
  if (format.startsWith("node")) return undefined;
  const resolution = settings.moduleResolution ?? (compiler >= 6 || format === "preserve" ? "bundler" : "node10");
  if (/^(node|node10|classic)$/.test(resolution)) {
    return `tsconfig.json resolves modules the old way (${resolution}), which cannot find this package's types. With "module": "nodenext" it can`;
  }
  return format === "commonjs"
    ? `tsconfig.json compiles to CommonJS, and this package is ES modules. With "module": "nodenext" both work`
    : undefined;
}
