import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** How long to wait for the next line of what is pasted, in ms. */
const PASTE_MS = 400;

/**
 * Reads a line from the terminal.
 *
 * @param question shown on stderr
 * @param hidden for secrets: what is typed is not shown, and a paste of several lines is taken whole: what is left of it
 *   would go to the shell, which shows it and remembers it. A line may be longer than the 4096 characters at which a
 *   terminal that shows it cuts it off.
 * @returns `undefined` when the input ends, or Ctrl+C is pressed, before there is a line
 */
export function askLine(question: string, hidden: boolean): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = hidden ? nowhere : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise<string | undefined>((resolve) => {
    const lines: string[] = [];
    const done = (): void => resolve(lines.length === 0 ? undefined : lines.join("\n"));
    // A last line without its end waits for Enter.
    const whole = (): void => void (reader.line === "" && done());
    let pause: NodeJS.Timeout | undefined;
    reader.on("SIGINT", () => {
      process.stderr.write("\n");
      resolve(undefined);
    });
    reader.on("close", done);
    reader.on("line", (line) => {
      lines.push(line);
      clearTimeout(pause);
      pause = setTimeout(whole, hidden ? PASTE_MS : 0);
    });
    if (hidden) process.stderr.write(question);
    else reader.setPrompt(question);
    reader.prompt();
  }).finally(() => reader.close());
}
