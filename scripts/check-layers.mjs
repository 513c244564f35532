/**
 * Who may import whom in src/. Left may use right, nothing else; an import of types alone may be allowed on its own.
 * Usage: node scripts/check-layers.mjs [root of a checkout]
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** The files directly in src/ that everybody may import. They import only each other. */
const LEAVES = [
  "base64url.ts",
  "clock.ts",
  "duration.ts",
  "errors.ts",
  "known-options.ts",
  "lazily.ts",
  "maybe-promise.ts",
  "shared-state.ts",
];

/** Folder, or file, → what it may import besides itself and the leaves. Its `types` entry: imports of types alone. */
const LAYERS = {
  "index.ts": { uses: ["session", "seal", "keyring", "cookies", "revocation"] },
  session: {
    uses: ["seal", "keyring", "cookies", "revocation/store.ts", "revocation/directory.ts", "revocation/memory"],
  },
  seal: { uses: ["keyring"] },
  "keyring/file": { uses: ["keyring"] },
  keyring: { uses: [] },
  cookies: { uses: [] },
  revocation: { uses: [] },
  cli: { uses: ["index.ts", "session", "seal", "keyring", "keyring/file", "cookies", "revocation"] },
  "iron-session": { uses: ["session", "seal", "keyring", "cookies", "revocation/store.ts"] },
  testing: {
    uses: ["index.ts", "session", "cookies", "revocation/store.ts", "revocation/directory.ts"],
    types: ["seal"],
  },
  adapters: { uses: ["session", "cookies"], types: ["seal"] },
};

/** Packages, and who may import them. A package that is not listed here is refused. */
const PACKAGES = {
  "node:": ["seal/cipher.node.ts", "adapters/node", "keyring/file", "revocation/sqlite", "cli"],
  next: ["adapters/next"],
  // Each loads a client only where none was handed in.
  "better-sqlite3": ["revocation/sqlite"],
  libsql: ["revocation/sqlite"],
  pg: ["revocation/postgres", "cli"],
  postgres: ["revocation/postgres", "cli"],
  redis: ["cli"],
  ioredis: ["cli"],
  zod: ["keyring/file", "cli"],
  commander: ["cli"],
};

/** Packages whose types alone may be imported, and by whom: at run time the application hands in what it has. */
const TYPE_PACKAGES = {
  fastify: ["adapters/fastify"],
  hono: ["adapters/hono"],
};

/** The package's own import conditions lead to these. */
const ALIASES = { "#cipher": "seal/cipher.ts" };

const root = path.resolve(process.argv[2] ?? ".");
const src = path.join(root, "src");

const within = (file, place) =>
  file === place ||
  (file.startsWith(`${place}/`) && !(place === "keyring" && file.startsWith("keyring/file/"))) ||
  (place.startsWith("adapters/") && adapterOf(file) === place);

/** adapters/next.ts, adapters/next-jar.ts and adapters/next/jar.ts are one adapter: adapters/next. */
const adapterOf = (file) => file.match(/^adapters\/[a-z]+(?:-router)?/)?.[0];

const layerOf = (file) => Object.keys(LAYERS).find((layer) => within(file, layer));

function isTypeOnly(node) {
  if (ts.isImportTypeNode(node)) return true;
  const clause = ts.isImportDeclaration(node) ? node.importClause : node;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings ?? clause.exportClause;
  return !clause.name && bindings?.elements?.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** The text of what a node imports: a declaration, `import("…")` as an expression, `import("…")` as a type. */
function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier?.text;
  if (ts.isImportTypeNode(node)) return node.argument.literal.text;
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [target] = node.arguments;
  return ts.isStringLiteralLike(target) ? target.text : `(computed: ${target.getText()})`;
}

function importsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(path.join(src, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ specifier, line, typeOnly: isTypeOnly(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The rule that an import breaks, or undefined. */
function brokenRule(file, { specifier, typeOnly }) {
  if (!specifier.startsWith(".") && !(specifier in ALIASES)) {
    const name = /^node:|^[^/]+/.exec(specifier)[0];
    const users = PACKAGES[name] ?? TYPE_PACKAGES[name];
    if (users === undefined) return "a package that no rule allows in src";
    if (!users.some((place) => within(file, place))) return `only ${users.join(", ")} may import ${name}`;
    return name in TYPE_PACKAGES && !typeOnly ? `only types of ${name} may be imported` : undefined;
  }
  const target = ALIASES[specifier] ?? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
  if (target.startsWith("..")) return "src imports nothing outside src";
  if (LEAVES.includes(target)) return undefined;
  if (LEAVES.includes(file)) return "a leaf imports only leaves";
  const layer = layerOf(file);
  if (layer === undefined) return `no layer is known for ${file}: add it to scripts/check-layers.mjs`;
  if (layer === "adapters" && within(target, "adapters")) {
    return adapterOf(file) === adapterOf(target) ? undefined : "adapters never import each other";
  }
  if (within(target, layer)) return undefined;
  const { uses, types = [] } = LAYERS[layer];
  if ((typeOnly ? [...uses, ...types] : uses).some((place) => within(target, place))) return undefined;
  return `${layer} may import ${[...uses, ...types.map((place) => `types of ${place}`), "the leaves"].join(", ")}`;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => file.endsWith(".ts"))
  .toSorted();
const broken = files.flatMap((file) =>
  importsOf(file).flatMap((found) => {
    const rule = brokenRule(file, found);
    return rule === undefined ? [] : [`src/${file}:${found.line} imports ${found.specifier}: ${rule}`];
  }),
);

for (const line of broken) console.error(line);
if (broken.length > 0) process.exit(1);
console.log(`${files.length} files keep the layers`);
