import { type Command, Option } from "commander";
import { context, printJson } from "../command.js";
import { EXIT } from "../exit.js";
import { openProgress } from "../output/progress.js";
import { entries, storeCommand, type StoreOptions } from "../store/option.js";
import { breathe, type Ask, withStore } from "../store/use.js";
import { count, counted } from "../store/words.js";

interface Options extends StoreOptions {
  readonly batch: number;
}

interface Pruned {
  readonly removed: number;
  readonly interrupted: boolean;
}

export function pruneCommand(): Command {
  return storeCommand("prune", "remove the entries that expired; applications do so too, a few at every write", [
    "npx sealed-session revocations prune",
    "npx sealed-session revocations prune --batch 200",
    "npx sealed-session revocations prune --json",
  ])
    .addOption(new Option("--batch <entries>", "how many to remove at a time").argParser(entries).default(1_000))
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  await withStore(options, self, async (ask) => {
    const { removed, interrupted } = await prune(ask, options.batch);
    if (interrupted) process.exitCode = EXIT.interrupted;
    if (options.json) {
      printJson({ removed, interrupted });
      return;
    }
    const what = counted(removed, "expired entry", "expired entries");
    const words = removed === 0 ? "No entry has expired: nothing to remove." : `Removed ${what}.`;
    context.terminal.say(interrupted ? `Stopped. ${words} The rest is left for the next time.` : words);
  });
}

/** Each batch is whole, so the list is sound wherever this stops; Ctrl+C stops it after one, a second time at once. */
async function prune(ask: Ask, batch: number): Promise<Pruned> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once("SIGINT", onInterrupt);
  const progress = openProgress();
  let removed = 0;
  try {
    for (let last = 1; last > 0 && !stop.signal.aborted; removed += last) {
      last = await ask((store) => store.prune(batch));
      if (last > 0) progress.show(`Removed ${count(removed + last)} so far…`);
      await breathe();
    }
  } catch (error) {
    progress.end();
    if (removed > 0) context.terminal.say(`Removed ${counted(removed, "expired entry", "expired entries")}, then:`);
    throw error;
  } finally {
    progress.end();
    process.removeListener("SIGINT", onInterrupt);
  }
  return { removed, interrupted: stop.signal.aborted };
}
