import type { RecentChange } from "../recent.js";
import { encode, orNothing } from "./text.js";

/** Changes told again with one script, so that none takes long. */
const BATCH = 200;

/** What is to be told again, as the arguments of one or more runs of `RESTORE`: each tells the retention besides. */
export function toRestore(changes: readonly RecentChange[], keys: readonly string[]): string[][] {
  const texts = [...changes.map(toArguments), ...keys.map((id) => ["key", encode(id), "", "", "", ""])];
  const batches = [texts.slice(0, BATCH).flat()];
  for (let i = BATCH; i < texts.length; i += BATCH) batches.push(texts.slice(i, i + BATCH).flat());
  return batches;
}

/**
 * Always six texts: kind, name, number, successor, the generations of a sign-in that moved. Of a subject the fifth is
 * the list that was told.
 */
function toArguments(change: RecentChange): string[] {
  const { kind } = change;
  if (kind === "revoked") return [kind, encode(change.sid), orNothing(change.until), "", "", ""];
  if (kind === "subject") {
    const { subject, generation, list = "" } = change;
    return [kind, encode(subject), String(generation), "", list, ""];
  }
  if (kind === "once") return [kind, encode(change.id), String(change.until), "", "", ""];
  if (kind === "all") return [kind, "", String(change.generation), "", "", ""];
  const { sid, until, successor = "", moved } = change;
  const sealed = [orNothing(moved?.all), orNothing(moved?.subject)];
  return [kind, encode(sid), String(until), encode(successor), ...sealed];
}
