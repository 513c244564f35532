import { updateRingFile } from "../../keyring/file/write.js";
import type { Change, RingDocument } from "../../keyring/rotation/document.js";
import { type ChangeOptions, context, printJson, proposing } from "../command.js";
import { summary } from "./summary.js";

/** Puts a change into effect, unless it is a dry run, and tells it. */
export function apply(change: Change, options: ChangeOptions, words: readonly string[]): void {
  const made = options.dryRun ? change : updateRingFile(options.file, change, options.allow, context.clock);
  report(made, options, words);
}

/** Tells a change, as words or as JSON. */
export function report(
  change: Change,
  options: Pick<ChangeOptions, "json" | "dryRun">,
  words: readonly string[],
): void {
  const { terminal } = context;
  if (options.json) {
    printJson(asJson(change, options.dryRun === true));
    return;
  }
  const head = options.dryRun ? terminal.paintWords("yellow", "Dry run: nothing is changed. Otherwise:") : "";
  const notes = change.notes.map((note) => `Note: ${note}.`);
  for (const line of [head, ...words, ...notes]) if (line !== "") terminal.say(proposing(line));
}

/** Tells that there was nothing to do. */
export function reportNothing(
  verb: string,
  ring: RingDocument,
  { json }: Pick<ChangeOptions, "json">,
  words: string,
): void {
  if (json) printJson({ verb, changed: [], notes: [], ring: summaryOf(ring) });
  else context.terminal.say(proposing(words));
}

function asJson({ document, verb, keys, reason, notes }: Change, dryRun: boolean): object {
  return {
    ...(dryRun && { dryRun }),
    verb,
    changed: keys,
    ...(reason !== undefined && { reason }),
    notes,
    ring: summaryOf(document),
  };
}

function summaryOf(document: RingDocument): object {
  return summary(document, context.clock());
}
