import { context, printJson } from "../command.js";
import { formatDate } from "../output/dates.js";
import { instant, iso } from "../store/words.js";

/** What a command recorded, or would have. */
interface Recorded {
  /** What was ended, in words that hold no secret, for the beginning of a sentence. */
  readonly what: string;
  /** From when it holds, ms since the Unix epoch; nothing in a dry run. */
  readonly since: number | undefined;
  /** The same for programs. */
  readonly json: object;
  readonly notes: readonly (string | undefined)[];
}

/** Tells it, and from when it holds where. */
export function tellRecorded({ what, since, json, notes }: Recorded, asJson: boolean | undefined): void {
  const { terminal } = context;
  const known = notes.filter((note) => note !== undefined);
  if (asJson) {
    const when = since === undefined ? { dryRun: true } : { since: iso(since) };
    printJson({ ...json, ...when, notes: known });
    return;
  }
  if (since === undefined) {
    terminal.say(terminal.paintWords("yellow", "Dry run: nothing is changed. Otherwise:"));
    terminal.say(`${what.charAt(0).toUpperCase()}${what.slice(1)} would be revoked.`);
  } else {
    terminal.say(`Recorded: ${what} is revoked since ${formatDate(instant(since))}.`);
    terminal.say(
      "Applications that ask the store refuse it from now on; replicas follow within their maxStaleness (5s unless they say otherwise).",
    );
  }
  for (const note of known) terminal.say(`Note: ${note}`);
}
