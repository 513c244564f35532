import { Argument, type Command, Option } from "commander";
import { readRing } from "../../keyring/file/read.js";
import { activate } from "../../keyring/rotation/activate.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { duration, instant } from "../parse.js";
import { apply } from "./apply.js";

interface ActivateOptions extends ChangeOptions {
  readonly at?: number;
  readonly in?: number;
}

export function activateCommand(): Command {
  return changeCommand("activate", "let a pending key seal earlier, or later, than staged", [
    "npx sealed-session keys activate",
    "npx sealed-session keys activate --in 2h",
  ])
    .addArgument(new Argument("[key]", "the pending key (default: the next one)"))
    .addOption(
      new Option("--at <date>", "when, such as 2027-01-04 (default: as soon as every server can have it)")
        .argParser(instant)
        .conflicts("in"),
    )
    .addOption(new Option("--in <duration>", "the same, counted from now, such as 90m or 2d").argParser(duration))
    .action((id: string | undefined, options: ActivateOptions) => {
      const now = context.clock();
      const { document } = readRing(options.file, options.allow);
      const at = options.in === undefined ? options.at : now + options.in;
      const change = activate(document, id, at, now);
      const key = change.document.keys.find((other) => other.id === change.keys[0]);
      const activateAt = key?.activateAt ?? now;
      apply(change, options, [`${key?.id} seals from ${formatDate(activateAt)} (${formatRelative(activateAt, now)}).`]);
    });
}
