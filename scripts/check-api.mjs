/**
 * No `any` in public types: neither written, nor inferred, nor because a declaration leans on something that is not
 * there. Follows every name that the package's entries export through the emitted declarations.
 * Usage: node scripts/check-api.mjs [root of a checkout, built]
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.resolve(process.argv[2] ?? ".");
const { name, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const entries = Object.entries(exports).flatMap(([subpath, target]) =>
  target.types === undefined ? [] : [{ title: path.posix.join(name, subpath), file: path.join(root, target.types) }],
);

const program = ts.createProgram(
  entries.map(({ file }) => file),
  {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node"],
    typeRoots: [path.join(root, "node_modules/@types")],
  },
);
const checker = program.getTypeChecker();

const isAny = (type) => (type.flags & ts.TypeFlags.Any) !== 0;
const isOurs = (declaration) => {
  const { fileName } = declaration.getSourceFile();
  return fileName.startsWith(`${root}/`) && !fileName.includes("/node_modules/");
};
const isHidden = (node) =>
  (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) ||
  (node.name !== undefined && ts.isPrivateIdentifier(node.name));

/** What a declaration without a type of its own is, where it should have one. */
const isUntyped = (node) =>
  (ts.isParameter(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isFunctionLike(node)) &&
  node.type === undefined &&
  !ts.isConstructorDeclaration(node) &&
  !ts.isSetAccessor(node);

/**
 * Whether a generic type is left with a default that is any. TypeScript's own iterators return any unless told
 * otherwise, and before 5.6 they could not be told.
 */
function defaultsToAny(node) {
  if (!ts.isTypeReferenceNode(node)) return false;
  const given = node.typeArguments?.length ?? 0;
  return resolved(checker.getSymbolAtLocation(node.typeName))?.declarations?.some(
    (declaration) =>
      !program.isSourceFileDefaultLibrary(declaration.getSourceFile()) &&
      declaration.typeParameters
        ?.slice(given)
        .some(({ default: type }) => type && isAny(checker.getTypeFromTypeNode(type))),
  );
}

const resolved = (symbol) =>
  symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Why a node of a declaration is, or contains, any; undefined where it does not. */
function whyAny(node) {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "says any";
  if (isUntyped(node)) {
    const signature = ts.isFunctionLike(node) && checker.getSignatureFromDeclaration(node);
    const type = signature ? checker.getReturnTypeOfSignature(signature) : checker.getTypeAtLocation(node);
    return isAny(type) ? "has no type" : undefined;
  }
  if (!ts.isTypeNode(node) || ts.isTemplateLiteralTypeSpan(node)) return undefined;
  const type = checker.getTypeFromTypeNode(node);
  if (isAny(type)) return `${node.getText()} is any`;
  return defaultsToAny(node) ? `${node.getText()} is of any` : undefined;
}

const seen = new Set();
const broken = new Map();

function follow(symbol, via) {
  const target = resolved(symbol);
  for (const declaration of target.declarations ?? []) {
    if (seen.has(declaration) || !isOurs(declaration) || ts.isTypeParameterDeclaration(declaration)) continue;
    seen.add(declaration);
    inspect(declaration, via);
  }
  if (target !== symbol && target.declarations === undefined) broken.set(via, `${symbol.name} is not there (${via})`);
}

function inspect(node, via) {
  if (isHidden(node)) return;
  const why = whyAny(node);
  if (why !== undefined) {
    const source = node.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const place = `${path.relative(root, source.fileName)}:${line}`;
    // The outermost part that is any is told, not all that it consists of.
    if (!broken.has(place)) broken.set(place, `${place} ${why.replaceAll(/\s+/g, " ")} (${via})`);
    return;
  }
  if (ts.isIdentifier(node)) {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol) follow(symbol, via);
  }
  ts.forEachChild(node, (child) => inspect(child, via));
}

let names = 0;
for (const { title, file } of entries) {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${title}: ${path.relative(root, file)} is missing, or exports nothing. Build first`);
  for (const symbol of checker.getExportsOfModule(module)) {
    names += 1;
    follow(symbol, `${symbol.name} of ${title}`);
  }
}

for (const line of broken.values()) console.error(line);
if (broken.size > 0) process.exit(1);
console.log(`${names} public names in ${entries.length} entries, none of them any`);
