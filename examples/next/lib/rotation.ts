import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { RING_FILE, keyring } from "./keyring";

/** What the command line answered. */
export interface Outcome {
  readonly done: boolean;
  /** Its first line, for people. */
  readonly words: string;
}

/**
 * `npx sealed-session keys rotate`, run as an operator or a job would run it: by another process. The library lets no
 * running application make keys, since of several servers each would make its own; one command changes the file, under
 * a lock and with an entry in its log, and every server follows. So a button that rotates starts that command.
 *
 * @param options more options of the command; none of them may come from a visitor
 */
export async function rotateRing(...options: readonly string[]): Promise<Outcome> {
  const args = [commandLine(), "keys", "rotate", "--file", RING_FILE, ...options];
  const outcome = await new Promise<Outcome>((resolve) => {
    execFile(process.execPath, args, { timeout: 20_000 }, (error, _stdout, stderr) =>
      resolve({ done: error === null, words: firstSentence(stderr) }),
    );
  });
  // The watch would notice by itself; this way the page that answers shows the new ring already.
  await keyring.reload();
  return outcome;
}

/** Asked of Node, for the bundler would put another file in its place. */
function commandLine(): string {
  const fromHere = createRequire(path.join(/* turbopackIgnore: true */ process.cwd(), "package.json"));
  return path.join(path.dirname(fromHere.resolve("sealed-session/package.json")), "dist/cli/main.js");
}

function firstSentence(printed: string): string {
  return (printed.split("\n")[0] ?? "").replace(/^Error: /, "");
}
