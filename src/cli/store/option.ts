import { type Command, InvalidArgumentError, Option } from "commander";
import { command, context } from "../command.js";
import { CommandFailure } from "../exit.js";
import { ENDINGS, type Endings } from "../help.js";
import { duration } from "../parse.js";
import { ENV_FILES, findVariable } from "../variable.js";
import { readAddress, showsPassword, type StoreAddress } from "./address.js";

/** The options of commands that use a revocation store. */
export interface StoreOptions {
  readonly store?: string;
  /** In ms. */
  readonly timeout: number;
  readonly json?: boolean;
}

const VARIABLE = "SESSION_STORE";

const STORE_ENDINGS = {
  ok: ENDINGS.ok,
  usage: "the command was not understood, or no store is named",
  invalid: "the file is no SQLite database, or a damaged one",
  refused: "the store refuses it, or nobody said yes",
  notFound: "there is no such list, file or sign-in, or no client",
  unavailable: "the store does not answer within --timeout",
  interrupted: ENDINGS.interrupted,
} as const satisfies Endings;

/** A command that uses a revocation store. */
export function storeCommand(name: string, description: string, examples: readonly string[]): Command {
  return command(name, description, { examples, endings: STORE_ENDINGS, page: "cli.md" })
    .addOption(
      new Option(
        "--store <address>",
        "the application's store: sqlite:path, redis://, rediss://, postgres:// or postgresql://",
      ).env(VARIABLE),
    )
    .addOption(
      new Option("--timeout <duration>", "how long to wait for each of its answers")
        .argParser(duration)
        .default(10_000, "10s"),
    );
}

/**
 * The address of `--store`, else of `SESSION_STORE` in the environment, in `.env.local` or in `.env`.
 *
 * @throws CommandFailure when no store is named, or none that there can be
 */
export function addressOf({ store = "" }: StoreOptions, self: Command): StoreAddress {
  const isOption = self.getOptionValueSource("store") === "cli";
  const variable = isOption ? undefined : findVariable(VARIABLE);
  const text = isOption ? store.trim() : variable?.text;
  if (text === undefined || text === "") {
    throw new CommandFailure(
      "usage",
      "No store is named",
      `Put its address into ${VARIABLE}, in the environment, ${ENV_FILES.join(" or ")}, or give --store, for example --store sqlite:sessions.db`,
    );
  }
  const address = readAddress(text);
  const { terminal } = context;
  if (isOption && showsPassword(address)) {
    terminal.say(
      `${terminal.paintWords("yellow", "Warning:")} The password in --store shows in the process list and stays in the shell's history. Put the address into ${VARIABLE} instead.`,
    );
  }
  // Whoever works in the folder of another application must see which store this is about.
  if (variable && variable.from !== VARIABLE) terminal.say(`Store ${address.shown}: ${variable.from}.`);
  return address;
}

/** An option's value as a number of entries. */
export function entries(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("not a number of entries; write for example 1000.");
}
