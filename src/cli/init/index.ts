import { existsSync, statSync } from "node:fs";
import nodePath from "node:path";
import { type Command, Option } from "commander";
import { command, DRY_RUN } from "../command.js";
import { CommandFailure } from "../exit.js";
import { ENDINGS } from "../help.js";
import { planSetup } from "./plan.js";
import { type Framework, inspectProject } from "./project.js";
import { reportSetup } from "./report.js";
import { runSteps } from "./steps.js";

interface SetupOptions {
  readonly dir: string;
  readonly framework?: Framework;
  readonly ringFile?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function initCommand(): Command {
  return command("init", "set a Next.js or Node project up: a secret, a session module, an example", {
    examples: [
      "npx sealed-session init",
      "npx sealed-session init --dry-run",
      "npx sealed-session init --ring-file --dir ./web",
    ],
    endings: {
      ok: ENDINGS.ok,
      usage: ENDINGS.usage,
      invalid: "package.json is not valid",
      refused: "a file cannot be written, or git would take the secret",
      notFound: "there is no such folder, or no package.json in it",
    },
    page: "cli.md",
  })
    .option("--dir <path>", "the project's folder", ".")
    .addOption(new Option("--framework <name>", "instead of what package.json says").choices(["next", "node"]))
    .option("--ring-file", "keep the keys in a ring file (keyring.json) rather than in an environment file")
    .option("--dry-run", DRY_RUN)
    .action((options: SetupOptions) => {
      const folder = nodePath.resolve(options.dir);
      if (!existsSync(folder) || !statSync(folder).isDirectory()) {
        throw new CommandFailure("notFound", `There is no folder ${folder}`, "Name the project's folder with --dir");
      }
      const project = inspectProject(folder, options.framework);
      const plan = planSetup(project, options.ringFile === true);
      if (!options.dryRun) runSteps(folder, plan.steps);
      reportSetup(project, plan, options);
    });
}
