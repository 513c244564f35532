/*
 * The code of a declaration, out of the source: typedoc's own text for a type leaves out `readonly` and the dots of
 * rest parameters.
 */
import { format, resolveConfig } from "prettier";
import { ReflectionKind } from "typedoc";
import ts from "typescript";
import { root } from "../run.mjs";

/** Narrower than the source, since pages are. */
const WIDTH = 100;

/**
 * @param {readonly import("typedoc").DeclarationReflection[]} reflections functions, methods, values, types and properties
 * @param {Map<import("typedoc").Reflection, readonly ts.Declaration[]>} nodes where each is declared
 * @returns {Promise<Map<import("typedoc").DeclarationReflection, string | undefined>>} of a property only its type, and
 *   nothing where the source leaves that to be inferred
 */
export async function declarationsOf(reflections, nodes) {
  const options = { ...(await resolveConfig(`${root}/src/index.ts`)), parser: "typescript", printWidth: WIDTH };
  const written = async (text) => (await format(text, options)).trim();
  const pairs = reflections.map(async (reflection) => {
    const declared = nodes.get(reflection);
    if (reflection.kindOf(TYPED)) return [reflection, propertyType(declared)];
    if (!reflection.signatures) return [reflection, await written(plainText(reflection, declared))];
    const texts = callables(declared).map((node, at) => callableText(node, reflection.signatures[at]));
    // As members of an interface, which may have any name and need no body.
    const lines = (await written(`interface X {\n${texts.join("\n")}\n}`)).split("\n").slice(1, -1);
    return [reflection, lines.map((line) => line.slice(2)).join("\n")];
  });
  return new Map(await Promise.all(pairs));
}

const TYPED = [ReflectionKind.Property, ReflectionKind.Accessor];

/** The overloads of a function, or the one that there is. */
function callables(nodes) {
  const functions = nodes.filter((node) => node.parameters);
  const overloads = functions.filter((node) => !node.body);
  return overloads.length > 0 ? overloads : functions;
}

/** @param signature typedoc's own, for the types that the source leaves to be inferred */
function callableText(node, signature) {
  const parameters = node.parameters
    .filter(({ name }) => name.getText() !== "this")
    .map(({ dotDotDotToken, name, questionToken, initializer, type }, at) => {
      const word = ts.isIdentifier(name) ? name.text : "options";
      const text = type?.getText() ?? signature.parameters[at].type;
      return `${dotDotDotToken ? "..." : ""}${word}${questionToken || initializer ? "?" : ""}: ${text}`;
    });
  const result = node.type?.getText() ?? signature.type;
  return `${signature.name}${genericsOf(node)}(${parameters.join(", ")}): ${result};`;
}

const propertyType = ([node]) =>
  node?.type
    ?.getText()
    .replaceAll(/\(\s+/g, "(")
    .replaceAll(/,?\s+\)/g, ")")
    .replaceAll(/\s+/g, " ");

function plainText({ name, type }, [node]) {
  if (ts.isTypeAliasDeclaration(node)) return `type ${name}${genericsOf(node)} = ${node.type.getText()};`;
  return `const ${name}: ${node.type?.getText() ?? type};`;
}

const genericsOf = ({ typeParameters }) =>
  typeParameters ? `<${typeParameters.map((parameter) => parameter.getText()).join(", ")}>` : "";
