import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const SRC = path.resolve(import.meta.dirname, "../../src");
/** iron-session's own messages, which its users may look for, word for word. */
const NOT_OURS = "iron-session/";

interface Message {
  readonly place: string;
  readonly thrower: string;
  /** With an ellipsis for what is filled in. */
  readonly text: string;
  /** The code of what is filled in. */
  readonly fills: readonly string[];
}

/** The text of a literal, a template or a sum of such; undefined for anything else. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

function fillsOf(node: ts.Node): string[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression.getText());
  return ts.isBinaryExpression(node) ? [node.left, node.right].flatMap(fillsOf) : [];
}

/** Every text that an error, a failure of the command line or a warning of the process is made with. */
function messagesIn(file: string): Message[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(SRC, file), "utf8"), ts.ScriptTarget.ES2022, true);
  const found: Message[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    const thrower = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression.getText() : "";
    if (!/(?:Error|Failure|Problem|emitWarning)$/.test(thrower)) return;
    for (const argument of (node as ts.NewExpression).arguments ?? []) {
      const text = textOf(argument);
      const place = `${file}:${source.getLineAndCharacterOfPosition(argument.getStart()).line + 1}`;
      if (text?.includes(" ")) found.push({ place, thrower, text, fills: fillsOf(argument) });
    }
  };
  visit(source);
  return found;
}

const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const MESSAGES = FILES.filter((file) => !file.startsWith(NOT_OURS)).flatMap(messagesIn);

/** What a message must not do, by the reason. */
const RULES: Readonly<Record<string, (message: Message) => boolean>> = {
  "commander's InvalidArgumentError ends with a full stop, all others without: what tells them adds it": (message) =>
    message.text.endsWith(".") !== (message.thrower === "InvalidArgumentError"),
  "one space between words, none at either end": ({ text }) => /\s{2}|^\s|\s$|\n/.test(text),
  "nobody is shouted at, nor asked politely": ({ text }) => /\w!|\bplease\b|\bsorry\b|\boops\b/i.test(text),
  "plain words: no abbreviations, no contractions": ({ text }) =>
    /\b(?:e\.g|i\.e|etc)\b|n't\b|\bcannot be empty\b/i.test(text),
  "no dash where a colon or a comma does": ({ text }) => /[–—]/.test(text),
  "no secret and no session id is filled in (I9)": ({ fills }) =>
    fills.some((code) => /\b(?:secrets?|sid|tokens?|passwords?|cookies?|plaintext|key)$/i.test(code)),
  "one word for it: sign in, sign out": ({ text }) => /\blog(?:ged|ging|s)?[ -](?:in|out)\b|\blogouts?\b/i.test(text),
  "what is wrong is said, not that it is": ({ text }) =>
    /\b(?:invalid|illegal|bad|failed|error occurred)\b/i.test(text),
};

describe("error messages", () => {
  test("are found", () => {
    expect(MESSAGES.length).toBeGreaterThan(150);
    expect(MESSAGES.map(({ text }) => text)).toContain(
      "The session was destroyed in this request; the next request can begin a new one",
    );
  });

  test.each(Object.entries(RULES))("%s", (_rule, breaks) => {
    expect(MESSAGES.filter(breaks).map(({ place, text }) => `${place} ${text}`)).toEqual([]);
  });
});
