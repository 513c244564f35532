import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import nodePath from "node:path";

/** What of a tsconfig.json (or a jsconfig.json) decides how modules are written. */
export interface CompilerSettings {
  readonly module?: string;
  readonly moduleResolution?: string;
  readonly rootDir?: string;
  readonly outDir?: string;
  readonly noEmit?: boolean;
  readonly allowImportingTsExtensions?: boolean;
  readonly rewriteRelativeImportExtensions?: boolean;
  /** What `@/*` stands for: a folder, absolute. */
  readonly aliased?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Strings are matched whole, so that what looks like a comment or a comma inside one stays. */
const COMMENTS = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

const PLAIN = ["module", "moduleResolution"] as const;
const FOLDERS = ["rootDir", "outDir"] as const;
const SWITCHES = ["noEmit", "allowImportingTsExtensions", "rewriteRelativeImportExtensions"] as const;

/**
 * The settings of a tsconfig.json together with those that it extends.
 *
 * @returns undefined when there is none; what cannot be read in one counts as not set
 */
export function readCompilerSettings(file: string, depth = 0): CompilerSettings | undefined {
  if (!existsSync(file) || depth > 8) return undefined;
  const config = parse(readFileSync(file, "utf8"));
  const inherited = [config["extends"] ?? []]
    .flat()
    .filter((name) => typeof name === "string")
    .map((name) => readCompilerSettings(locate(name, file), depth + 1) ?? {});
  return Object.assign({}, ...inherited, own(config["compilerOptions"] as Json | undefined, nodePath.dirname(file)));
}

function own(options: Json = {}, folder: string): CompilerSettings {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  const target = (options["paths"] as Record<string, unknown> | undefined)?.["@/*"];
  const alias: unknown = Array.isArray(target) ? target[0] : undefined;
  const all = {
    ...Object.fromEntries(PLAIN.map((name) => [name, text(name)?.toLowerCase()])),
    ...Object.fromEntries(FOLDERS.map((name) => [name, text(name) && nodePath.resolve(folder, text(name) ?? "")])),
    ...Object.fromEntries(SWITCHES.map((name) => [name, options[name]])),
    aliased:
      typeof alias === "string" && alias.endsWith("/*")
        ? nodePath.resolve(folder, text("baseUrl") ?? "", alias.slice(0, -1))
        : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(
      text
        .replace(/^\uFEFF/, "")
        .replace(COMMENTS, "$1")
        .replace(TRAILING_COMMAS, "$1"),
    );
    return typeof value === "object" && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

function locate(name: string, from: string): string {
  if (/^\.{0,2}\//.test(name)) {
    const file = nodePath.resolve(nodePath.dirname(from), name);
    return file.endsWith(".json") ? file : `${file}.json`;
  }
  const { resolve } = createRequire(from);
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return resolve(candidate);
    } catch {
      // The next spelling.
    }
  }
  return "";
}
