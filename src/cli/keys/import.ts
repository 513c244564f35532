import type { Command } from "commander";
import { importRing } from "../../keyring/file/import.js";
import { createRingFile } from "../../keyring/file/write.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { readInput } from "../input.js";
import { report } from "./apply.js";
import { type PolicyOptions, policyOf, withPolicy } from "./init.js";

export function importCommand(): Command {
  return withPolicy(
    changeCommand(
      "import",
      "make a ring file of a ring's text, or of secrets that are in use (one a line, the first one seals)",
      [
        "printenv SESSION_KEYRING | npx sealed-session keys import",
        'printf \'%s\\n\' "$NEW_SECRET" "$OLD_SECRET" | npx sealed-session keys import --absolute-timeout 14d',
      ],
    ),
  ).action(async (options: ChangeOptions & PolicyOptions) => {
    const text = await readInput("the ring or the secret");
    const change = importRing(text, policyOf(options), context.clock());
    if (!options.dryRun) createRingFile(options.file, change, options.allow, context.clock);
    const { ringId, revision } = change.document;
    report(change, options, [
      `Made ${options.file} from it: ring ${ringId}, revision ${revision}, ${change.keys.length === 1 ? "one key" : `${change.keys.length} keys`}. Cookies sealed with it go on opening.`,
    ]);
  });
}
