import { askLine } from "./ask.js";
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
  const answer = await askLine(`${question} Type yes to go on: `, false);
  if (answer?.trim().toLowerCase() !== "yes") throw new CommandFailure("refused", "Nothing was changed");
}
