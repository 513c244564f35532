import { basename } from "node:path";
import type { Command } from "commander";
import { importRing } from "../../keyring/file/import.js";
import { createRingFile } from "../../keyring/file/write.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { isRingText } from "../../keyring/text.js";
import { CommandFailure } from "../exit.js";
import { ensureIgnored } from "../gitignore.js";
import { printable } from "../output/printable.js";
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
        'printf \'%s\\n\' "$NEW_SECRET" "$OLD_SECRET" | npx sealed-session keys import',
      ],
    ),
  )
    .option("--gitignore", "add the file to .gitignore beside it, if git would commit it")
    .action(async (options: ChangeOptions & PolicyOptions & { readonly gitignore?: boolean }) => {
      const text = await readInput("the ring or the secret");
      if (isRingText(text.trim()) && Object.keys(policyOf(options)).length > 0) {
        throw new CommandFailure(
          "usage",
          "A ring brings its own policy",
          "Change it afterwards: npx sealed-session keys policy",
        );
      }
      const change = importRing(text, policyOf(options), context.clock());
      if (!options.dryRun) {
        if (options.gitignore) ensureIgnored(options.file, `${basename(options.file)}*`);
        createRingFile(options.file, change, options.allow, context.clock);
      }
      const { ringId, revision } = change.document;
      report(change, options, [
        `Made ${printable(options.file)} from it: ring ${ringId}, revision ${revision}, ${change.keys.length === 1 ? "one key" : `${change.keys.length} keys`}. Cookies sealed with it go on opening.`,
        `Use it as keyringFile(${JSON.stringify(options.file)}) from "sealed-session/keyring/file", deploy, then remove the variable that held it.`,
      ]);
    });
}
