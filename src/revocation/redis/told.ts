import type { RecentChange } from "../recent.js";
import { encode, orNothing } from "./text.js";

/** Changes told again with one script, so that none takes long. */
const BATCH = 200;

/** What is to be told again, as the arguments of one or more runs of `RESTORE`. */
export function toRestore(changes: readonly RecentChange[], keys: readonly string[]): string[][] {
  const texts = [...changes.map(toArguments), ...keys.map((id) => ["key", encode(id), "", "", "", ""])];
  const batches: string[][] = [];
  for (let i = 0; i < texts.length; i += BATCH) batches.push(texts.slice(i, i + BATCH).flat());
  return batches;
}

/** Always six texts: kind, name, number, successor, the generations of a sign-in that moved. */
function toArguments(change: RecentChange): string[] {
  const { kind } = change;
  if (kind === "revoked") return [kind, encode(change.sid), orNothing(change.until), "", "", ""];
  if (kind === "subject") return [kind, encode(change.subject), String(change.generation), "", "", ""];
  if (kind === "once") return [kind, encode(change.id), String(change.until), "", "", ""];
  if (kind === "all") return [kind, "", String(change.generation), "", "", ""];
  const { sid, until, successor = "", moved } = change;
  const sealed = [orNothing(moved?.all), orNothing(moved?.subject)];
  return [kind, encode(sid), String(until), encode(successor), ...sealed];
}
