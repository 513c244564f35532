/*
 * One page of the API reference: what one entry of the package exports. Denser than the plugin's own pages, which
 * repeat each signature in tables.
 */
import { ReflectionKind } from "typedoc";
import { mentions } from "./mentions.mjs";
import { inlineOf, paragraphs, proseOf, tagsOf } from "./prose.mjs";

/** In this order on each page. @type {[title: string, kind: ReflectionKind][]} */
const SECTIONS = [
  ["Functions", ReflectionKind.Function],
  ["Values", ReflectionKind.Variable],
  ["Interfaces", ReflectionKind.Interface],
  ["Types", ReflectionKind.TypeAlias],
  ["Errors", ReflectionKind.Class],
];

/** What a page's first line imports. */
const IMPORTED = [ReflectionKind.Function, ReflectionKind.Variable];

/** The exports of an entry, by section. @throws for one that no section takes */
export function sectionsOf({ name, children = [] }) {
  // Another name for a member is none of its own: Fastify's `export default`.
  const members = children.filter(({ kind }) => kind !== ReflectionKind.Reference);
  const stranger = members.find(({ kind }) => !SECTIONS.some(([, taken]) => taken === kind));
  if (stranger) throw new Error(`${name}: no section for ${stranger.name} (${ReflectionKind[stranger.kind]})`);
  return SECTIONS.map(([heading, kind]) => ({
    heading,
    members: members.filter((member) => member.kind === kind),
  })).filter((section) => section.members.length > 0);
}

/**
 * @typedef {object} Page
 * @property {import("typedoc-plugin-markdown").MarkdownThemeContext} context
 * @property {Map<import("typedoc").Reflection, string>} declarations the code of functions, methods, values and types
 * @property {(text: string) => string} linked the text, with links where it names an error
 *
 * @param {Page} page
 * @param {{ title: string, guide: string, module: import("typedoc").DeclarationReflection }} entry
 */
export function renderEntry(page, { title, guide, module }) {
  const sections = sectionsOf(module);
  const names = sections.flatMap(({ members }) => members.filter(({ kind }) => IMPORTED.includes(kind)));
  const index = sections.map(
    ({ heading, members }) => `- ${heading}: ${members.map((member) => linkTo(page, member)).join(", ")}`,
  );
  return paragraphs([
    `# ${title}`,
    guide,
    code(importOf(names, title)),
    index.join("\n"),
    ...sections.flatMap(({ heading, members }) => [
      `## ${heading}`,
      ...members.map((member) => paragraphs([`### ${member.name}`, renderMember(page, member)])),
    ]),
  ]);
}

function importOf(members, from) {
  const names = members.map(({ name }) => name);
  const line = `import { ${names.join(", ")} } from "${from}";`;
  return line.length <= 100 ? line : `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

function renderMember(page, member) {
  if (member.signatures) return renderCallable(page, member);
  const [prose, tags] = [proseOf(textOf(page), member.comment), tagsOf(textOf(page), member.comment)];
  const isType = [ReflectionKind.Interface, ReflectionKind.Class].includes(member.kind);
  return isType
    ? paragraphs([prose, heritage(page, member), ...membersOf(page, member), tags])
    : paragraphs([code(page.declarations.get(member)), prose, partsOf(page, member), tags, usesOf(page, member)]);
}

/** A function or a method with all its overloads; what they share is said once. */
function renderCallable(page, member) {
  const comments = member.signatures.map(({ comment }) => comment).filter(Boolean);
  const parameters = new Map(
    member.signatures
      .flatMap((signature) => signature.parameters ?? [])
      .flatMap(withParts)
      .filter(({ comment }) => comment)
      .map(({ name, comment }) => [name, `- \`${name}\`: ${inlineOf(textOf(page), comment)}`]),
  );
  return paragraphs([
    code(page.declarations.get(member)),
    ...new Set(comments.map((comment) => proseOf(textOf(page), comment))),
    [...parameters.values()].join("\n"),
    tagsOf(textOf(page), comments[0]),
    usesOf(page, member),
  ]);
}

/** A parameter and what is said of its properties: `options`, `options.ttl`. */
function withParts({ name, comment, type }) {
  const own = name === "__namedParameters" ? "options" : name;
  const parts = type?.declaration?.children ?? [];
  return [{ name: own, comment }, ...parts.map((part) => ({ name: `${own}.${part.name}`, comment: part.comment }))];
}

/**
 * What an interface or a class has of its own, or of one that is not exported; but for constructors, and for an
 * error's name, which is the class's.
 */
export const ownMembers = ({ kind, children = [] }) =>
  children.filter(
    (child) =>
      child.kind !== ReflectionKind.Constructor &&
      !child.inheritedFrom?.reflection &&
      !(kind === ReflectionKind.Class && child.name === "name"),
  );

/** Properties in a table, below it methods, each with a heading of its own. */
function membersOf(page, member) {
  const { name } = member;
  const own = ownMembers(member);
  return [
    propertyTable(
      page,
      own.filter(({ signatures }) => !signatures),
    ),
    ...own
      .filter(({ signatures }) => signatures)
      .map((method) => paragraphs([`#### ${name}.${method.name}()`, renderCallable(page, method)])),
  ];
}

/** Members of an object type that have something to say for themselves. */
function partsOf(page, { type }) {
  const members = type?.declaration?.children ?? [];
  return members.some(({ comment }) => comment) ? propertyTable(page, members) : "";
}

function propertyTable(page, properties) {
  if (properties.length === 0) return "";
  const rows = properties.map((property) => {
    const cells = [
      typeText(page, property),
      inlineOf(textOf(page), property.comment ?? property.getSignature?.comment),
    ];
    return `| \`${property.name}${property.flags.isOptional ? "?" : ""}\` | ${cells.map(cell).join(" | ")} |`;
  });
  return ["| name | type | |", "| --- | --- | --- |", ...rows].join("\n");
}

const cell = (text) => text.replaceAll(/\s*\n\s*/g, " ").replaceAll(/(?<!\\)\|/g, "\\|");

/** What it extends: another export, or a class of the language. */
function heritage({ context }, { extendedTypes = [] }) {
  const known = extendedTypes.filter(({ reflection, package: from }) => reflection || from === "typescript");
  return known.length > 0 ? `Extends ${known.map((type) => context.partials.someType(type)).join(", ")}.` : "";
}

/** A property's type as it is written, with links. */
function typeText(page, property) {
  const text = page.declarations.get(property);
  if (text === undefined) return page.context.partials.someType(property.type);
  const links = new Map(
    [...mentions(page.context, property)].map((reflection) => [reflection.name, linkTo(page, reflection)]),
  );
  const parts = text.split(/\b([A-Z]\w*)\b/).map((part) => links.get(part) ?? `\`${part}\``);
  return parts.join("").replaceAll("``", "");
}

/** Links to the documented types that code mentions, where nothing can be followed. */
function usesOf(page, member) {
  const links = [...mentions(page.context, member)].map((reflection) => linkTo(page, reflection));
  return links.length > 0 ? `Types: ${links.join(", ")}` : "";
}

const linkTo = ({ context }, reflection) => `[\`${reflection.name}\`](${context.urlTo(reflection)})`;

const textOf =
  ({ context, linked }) =>
  (parts) =>
    linked(context.helpers.getCommentParts(parts).trim());

/** Declarations are marked apart from examples, which the tests compile. */
const code = (text) => `\`\`\`typescript\n${text}\n\`\`\``;
