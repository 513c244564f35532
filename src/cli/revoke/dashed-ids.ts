import type { Command } from "commander";
import { isSid } from "../../session/payload.js";

/**
 * Lets a command take ids that begin with a dash, as one in 64 does: they would be taken for options.
 *
 * @param before the option whose value is an id, too
 */
export function takingIds(command: Command, before: string): Command {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) => {
    const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
    const isDashedId = (text: string, at: number): boolean =>
      at < end && text.startsWith("-") && isSid(text) && argv[at - 1] !== before;
    const ids = argv.filter(isDashedId);
    return parse(ids.length === 0 ? argv : [...argv.filter((text, at) => !isDashedId(text, at)), "--", ...ids]);
  };
  return command;
}
