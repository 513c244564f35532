import { basename } from "node:path";
import { type Command, Option } from "commander";
import { createRingFile } from "../../keyring/file/write.js";
import { createRing } from "../../keyring/rotation/create.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { duration } from "../parse.js";
import { ensureIgnored } from "../gitignore.js";
import { printable } from "../output/printable.js";
import { report } from "./apply.js";

/** The rules of a new ring's policy, in ms. */
export interface PolicyOptions {
  readonly absoluteTimeout?: number;
  readonly propagation?: number;
  readonly skew?: number;
  readonly rotateEvery?: number;
}

export function withPolicy(command: Command): Command {
  const rule = (flag: string, description: string): Option =>
    new Option(`${flag} <duration>`, description).argParser(duration);
  return command
    .addOption(rule("--absolute-timeout", "the longest life of any session (in a new ring: 30d)"))
    .addOption(rule("--propagation", "how long a changed ring may take to every server (in a new ring: 1h)"))
    .addOption(rule("--skew", "how far apart two clocks may be (in a new ring: 5m)"))
    .addOption(rule("--rotate-every", "how old the active key should get (in a new ring: 90d)"));
}

export function policyOf({ absoluteTimeout, propagation, skew, rotateEvery }: PolicyOptions): PolicyOptions {
  return JSON.parse(JSON.stringify({ absoluteTimeout, propagation, skew, rotateEvery })) as PolicyOptions;
}

export function initCommand(): Command {
  return withPolicy(
    changeCommand("init", "make a new key ring with one key, which seals at once", [
      "npx sealed-session keys init",
      "npx sealed-session keys init --absolute-timeout 12h --gitignore",
      "npx sealed-session keys init --file /etc/app/keyring.json",
    ]),
  )
    .option("--gitignore", "add the file to .gitignore beside it, if git would commit it")
    .action((options: ChangeOptions & PolicyOptions & { readonly gitignore?: boolean }) => {
      const { clock } = context;
      const change = createRing(policyOf(options), clock());
      let ignored = false;
      if (!options.dryRun) {
        if (options.gitignore) ignored = ensureIgnored(options.file, `${basename(options.file)}*`);
        createRingFile(options.file, change, options.allow, clock);
      }
      report(change, options, [
        `Made the key ring ${change.document.ringId} in ${printable(options.file)}. Its key ${change.keys[0]} seals from now on.`,
        ...(ignored ? [`Added ${basename(options.file)}* to .gitignore.`] : []),
        "Use it in the application:",
        `  import { keyringFile } from "sealed-session/keyring/file";`,
        `  createSessionManager({ keyring: keyringFile(${JSON.stringify(options.file)}) })`,
        "Or put it into an environment variable, for example:",
        `  npx sealed-session keys export --name SESSION_KEYRING --out .env.local`,
      ]);
    });
}
