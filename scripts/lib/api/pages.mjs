import { readFileSync } from "node:fs";
import path from "node:path";
import { Application, Converter, LogLevel, ReflectionKind, TSConfigReader } from "typedoc";
import { MarkdownTheme, MarkdownThemeContext } from "typedoc-plugin-markdown";
import { root } from "../run.mjs";
import { declarationsOf } from "./declarations.mjs";
import { ownMembers, renderEntry, sectionsOf } from "./render.mjs";

/** Where an entry's subject is told in order, below docs. @type {Record<string, [page: string, title: string]>} */
const GUIDES = {
  ".": ["sessions.md", "Sessions"],
  "./next": ["nextjs.md", "Next.js"],
  "./node": ["express.md", "Express, Connect and Passport"],
  "./web": ["adapters.md", "Node and the web"],
  "./fastify": ["frameworks.md", "Fastify, Hono, React Router"],
  "./hono": ["frameworks.md", "Fastify, Hono, React Router"],
  "./react-router": ["frameworks.md", "Fastify, Hono, React Router"],
  "./iron-session": ["../MIGRATION.md", "Migration"],
  "./iron-session/managed": ["../MIGRATION.md", "Migration"],
  "./keyring/file": ["keys.md", "Keys"],
  "./revocation/sqlite": ["stores.md", "Stores"],
  "./revocation/redis": ["stores.md", "Stores"],
  "./revocation/postgres": ["stores.md", "Stores"],
  "./revocation/replicated": ["stores.md", "Stores"],
  "./testing": ["testing.md", "Testing"],
};

const { name: packageName, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** The package's entries. `page` is a page's name below docs/api. */
const entries = Object.entries(exports)
  .filter(([, target]) => target.types)
  .map(([subpath, { types }]) => ({
    source: types.replace(/^\.\/dist\//, "src/").replace(/\.d\.ts$/, ".ts"),
    page: subpath === "." ? packageName : subpath.slice(2),
    title: path.posix.join(packageName, subpath),
    guide: guideOf(subpath),
  }));

function guideOf(subpath) {
  const guide = GUIDES[subpath];
  if (!guide) throw new Error(`${subpath} is a new entry: name its guide in scripts/lib/api/pages.mjs`);
  return guide;
}

/** Writes a page for each entry, and the list of them, into a folder. */
export async function writePages(folder) {
  const app = await Application.bootstrapWithPlugins(OPTIONS, [new TSConfigReader()]);
  /** @type {Map<import("typedoc").Reflection, readonly import("typescript").Declaration[]>} known while it converts */
  const nodes = new Map();
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    nodes.set(reflection, context.getSymbolFromReflection(reflection)?.declarations ?? []);
  });
  const project = await app.convert();
  if (!project) throw new Error("typedoc could not read the source");
  const modules = new Map(project.children.map((module) => [module, entryOf(module)]));
  for (const [module, { page }] of modules) module.name = page;
  project.children.forEach(assertDocumented);
  const declarations = await declarationsOf(project.children.flatMap(coded), nodes);
  app.renderer.defineTheme("entries", themeOf(modules, declarations));
  app.options.setValue("theme", "entries");
  app.options.setValue("markdown", folder);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error("typedoc could not write the reference");
}

const OPTIONS = {
  entryPoints: entries.map(({ source }) => path.join(root, source)),
  tsconfig: path.join(root, "tsconfig.build.json"),
  plugin: ["typedoc-plugin-markdown"],
  basePath: root,
  readme: "none",
  disableSources: true,
  disableGit: true,
  excludeExternals: true,
  excludePrivate: true,
  sort: [],
  outputFileStrategy: "modules",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  jsDocCompatibility: { defaultTag: false },
  // npm run check:types looks for those.
  skipErrorChecking: true,
  logLevel: LogLevel.Error,
};

/** typedoc names a module for its file or, where that is an index, its folder; a page is named for the entry. */
function entryOf({ name }) {
  const files = [`${name}.ts`, `${name}/index.ts`];
  const entry = entries.find(({ source }) => files.includes(source));
  if (!entry) throw new Error(`${name} is no entry of the package`);
  return entry;
}

/** @throws with the names of exports that nothing is said of */
function assertDocumented(module) {
  const { name } = module;
  const silent = sectionsOf(module)
    .flatMap(({ members }) => members)
    .filter(({ comment, signatures }) => !comment && !signatures?.some((each) => each.comment));
  if (silent.length === 0) return;
  throw new Error(`${name}: no docstring for ${silent.map((each) => each.getFriendlyFullName()).join(", ")}`);
}

/** What of a module is shown as code: all but interfaces and classes themselves, and of these the members. */
const coded = (module) =>
  sectionsOf(module).flatMap(({ members }) =>
    members.flatMap((member) =>
      member.kindOf([ReflectionKind.Interface, ReflectionKind.Class])
        ? ownMembers(member)
        : [member, ...(member.type?.declaration?.children ?? [])],
    ),
  );

const themeOf = (modules, declarations) =>
  class extends MarkdownTheme {
    getRenderContext(page) {
      const context = new EntryContext(this, page, this.application.options);
      context.templates.reflection = ({ model }) => {
        if (model.isProject()) return indexPage();
        const { title, page: name, guide } = modules.get(model);
        const [file, heading] = guide;
        const up = "../".repeat(name.split("/").length);
        const linked = errorLinks(context, [...modules.keys()]);
        return renderEntry(
          { context, declarations, linked },
          { title, guide: `Guide: [${heading}](${path.posix.join(up, file)})`, module: model },
        );
      };
      return context;
    }
  };

class EntryContext extends MarkdownThemeContext {
  /** Every export has a heading of its own, and its members are found below that. */
  urlTo(reflection) {
    const [file] = super.urlTo(reflection).split("#");
    return reflection.kindOf(ReflectionKind.Module) ? file : `${file}#${reflection.name.toLowerCase()}`;
  }
}

/** Makes links of the names of errors, as docstrings give them without quotes. */
function errorLinks(context, modules) {
  const errors = new Map(
    modules
      .flatMap(({ children }) => children)
      .filter((child) => child.kind === ReflectionKind.Class)
      .map((child) => [child.name, child]),
  );
  return (text) =>
    text.replaceAll(/```[^]*?```|`[^`]*`|\b[A-Z]\w+Error\b/g, (found) => {
      const error = errors.get(found);
      return error ? `[${found}](${context.urlTo(error)})` : found;
    });
}

function indexPage() {
  const list = entries.map(({ title, page, guide: [, heading] }) => `| [${title}](${page}.md) | ${heading} |`);
  const about = "What each entry of the package exports, from the docstrings in its source (`npm run api`).";
  return [`# API reference`, "", about, "", "| import | about |", "| --- | --- |", ...list].join("\n");
}
