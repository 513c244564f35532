import { askLine } from "./ask.js";
import { CommandFailure } from "./exit.js";

const MAX_CHARS = 1_048_576;

/**
 * What is piped in, or pasted at a prompt: never taken from the command's arguments, which the process list shows.
 *
 * @param what asked for, for the prompt
 * @throws CommandFailure when there is nothing, or too much
 */
export async function readInput(what: string): Promise<string> {
  const text = process.stdin.isTTY
    ? await askLine(`Paste ${what} (it is not shown), then press Enter:\n`, true)
    : await readAll();
  if (text === undefined || text.trim() === "") {
    throw new CommandFailure("usage", `There is nothing to read: pipe in or paste ${what}`);
  }
  return text;
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
