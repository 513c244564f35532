import type { Command } from "commander";
import { formatDuration } from "../../duration.js";
import { readRing } from "../../keyring/file/read.js";
import { changePolicy } from "../../keyring/rotation/policy.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { CommandFailure } from "../exit.js";
import { apply } from "./apply.js";
import { type PolicyOptions, policyOf, withPolicy } from "./init.js";

export function policyCommand(): Command {
  return withPolicy(
    changeCommand("policy", "change the rules that rotations keep to", [
      "npx sealed-session keys policy --rotate-every 30d",
      "npx sealed-session keys policy --absolute-timeout 60d --propagation 2h",
    ]),
  ).action((options: ChangeOptions & PolicyOptions) => {
    const rules = policyOf(options);
    if (Object.keys(rules).length === 0)
      throw new CommandFailure(
        "usage",
        "Name a rule to change: --absolute-timeout, --propagation, --skew or --rotate-every",
      );
    const { document } = readRing(options.file, options.allow);
    const change = changePolicy(document, rules, context.clock());
    const words = Object.entries(change.document.policy).map(([rule, ms]) => `${rule} ${formatDuration(ms)}`);
    apply(change, options, [`The policy: ${words.join(", ")}.`]);
  });
}
