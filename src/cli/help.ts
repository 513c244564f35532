import nodePath from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT } from "./exit.js";

/** What the exit codes say that a command can end with. */
export type Endings = Partial<Record<keyof typeof EXIT, string>>;

/** The endings of all commands together, and the words for those that no command says more of. */
export const ENDINGS = {
  ok: "done",
  usage: "the command was not understood",
  invalid: "the ring, its log or the database is not valid",
  refused: "a rule refuses it, or the store does",
  conflict: "it is being changed, or was changed meanwhile",
  notFound: "there is none: no such file, key, sign-in or list",
  unavailable: "the store does not answer",
  due: "something is due, or there is a warning",
  interrupted: "stopped by Ctrl+C",
} as const satisfies Required<Endings>;

/** The end of a command's help: how it can end, and the page of the package's documentation that says more. */
export function helpFooter(endings: Endings, page: "cli.md" | "keys.md"): string {
  const codes = Object.entries(EXIT).flatMap(([name, code]) => {
    const words = endings[name as keyof typeof EXIT];
    return words === undefined ? [] : [`  ${String(code).padEnd(4)} ${words}`];
  });
  return `\nExit codes:\n${codes.join("\n")}\n\nMore in ${documentation(page)}`;
}

/** The end of the help of a command that only has commands below it. */
export function groupFooter(page: "cli.md" | "keys.md"): string {
  return `\nEach command has --help, with examples and its exit codes.\nMore in ${documentation(page)}`;
}

/** Where a page is, as it can be opened from here. */
function documentation(page: string): string {
  const path = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
  const fromHere = nodePath.relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}
