import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/**
 * Reads one line from the terminal.
 *
 * @param question shown on stderr
 * @param hidden for secrets: what is typed is not shown. A line may then be longer than the 4096 characters at which a
 *   terminal that shows it cuts it off.
 * @returns `undefined` when the input ends, or Ctrl+C is pressed
 */
export function askLine(question: string, hidden: boolean): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = hidden ? nowhere : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise<string | undefined>((resolve) => {
    reader.on("SIGINT", () => resolve(undefined));
    reader.on("close", () => resolve(undefined));
    if (hidden) process.stderr.write(question);
    else reader.setPrompt(question);
    reader.on("line", resolve);
    reader.prompt();
  }).finally(() => reader.close());
}
