import { createInterface } from "node:readline/promises";
import { context } from "./command.js";
import { CommandFailure } from "./exit.js";

const MAX_CHARS = 1_048_576;

/**
 * What is piped in, or pasted at a prompt: never taken from the command's arguments, which the process list shows.
 *
 * @param what asked for, for the prompt
 */
export async function readInput(what: string): Promise<string> {
  const text = process.stdin.isTTY ? await prompt(what) : await readAll();
  if (text.trim() === "") throw new CommandFailure("usage", `There is nothing to read: pipe in or paste ${what}`);
  return text;
}

async function prompt(what: string): Promise<string> {
  context.terminal.say(`Paste ${what}, then press Enter:`);
  const reader = createInterface({ input: process.stdin, terminal: false });
  // A closed input gives no line.
  for await (const line of reader) {
    reader.close();
    return line;
  }
  return "";
}

async function readAll(): Promise<string> {
  process.stdin.setEncoding("utf8");
  let text = "";
  for await (const piece of process.stdin) {
    text += piece as string;
    if (text.length > MAX_CHARS) throw new CommandFailure("usage", "There is too much to read");
  }
  return text;
}
