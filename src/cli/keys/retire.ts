import { Argument, type Command, Option } from "commander";
import { readRing } from "../../keyring/file/read.js";
import { retire } from "../../keyring/rotation/retire.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { instant } from "../parse.js";
import { apply } from "./apply.js";

export function retireCommand(): Command {
  return changeCommand("retire", "plan when replaced keys stop opening", [
    "npx sealed-session keys retire",
    "npx sealed-session keys retire --at 2027-06-30",
  ])
    .addArgument(new Argument("[key...]", "the keys (default: every replaced one without a date)"))
    .addOption(
      new Option("--at <date>", "when, such as 2027-06-30 (default: when no cookie needs them any more)").argParser(
        instant,
      ),
    )
    .action((ids: string[], options: ChangeOptions & { readonly at?: number }) => {
      const now = context.clock();
      const { document } = readRing(options.file, options.allow);
      const change = retire(document, ids, options.at, now);
      const changed = change.document.keys.filter(({ id }) => change.keys.includes(id));
      apply(
        change,
        options,
        changed.map(
          ({ id, retireAt = now }) => `${id} opens until ${formatDate(retireAt)} (${formatRelative(retireAt, now)}).`,
        ),
      );
    });
}
