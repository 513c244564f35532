import { createInterface } from "node:readline/promises";
import { CommandFailure } from "./exit.js";

/**
 * Asks before something that cannot be undone. Only "yes" goes on.
 *
 * @param yes whether `--yes` was given, which answers for scripts
 * @throws CommandFailure when the answer is another, or when nobody is there to ask
 */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new CommandFailure(
      "refused",
      "This cannot be undone, and there is no terminal to ask on",
      "If it is meant: --yes",
    );
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question} Type yes to go on: `);
    if (answer.trim().toLowerCase() !== "yes") throw new CommandFailure("refused", "Nothing was changed");
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new CommandFailure("refused", "Nothing was changed");
    throw error;
  } finally {
    reader.close();
  }
}
