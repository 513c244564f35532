/*
 * A history: what clients asked of the replicas and what they were told, in one file of JSON lines. All times are ms
 * by one clock, that of the process which ran the clients; the replicas' own clocks are skewed and appear nowhere.
 * Sessions go by labels made from their ids, never by the ids.
 */
import { readFileSync } from "node:fs";

/**
 * What one client asked.
 *
 * @typedef {object} Operation
 * @property {number} op its number
 * @property {Kind} kind
 * @property {string} by who asked
 * @property {string} at the replica that was asked
 * @property {number} invoke before the request was sent
 * @property {number} complete after the answer was read, or given up
 * @property {string} [session] the session that the request carried
 * @property {string} [subject] whom a login is for, or whose sessions end
 * @property {string} [target] the session that an administrator ends
 * @property {number} [deadline] of the carried cookie, by the clock of the replica that set it
 * @property {string} [opened] what `open()` made of the carried session: `accepted`, `unavailable`, `nobody`, or the
 *   reason of its rejection; nothing where it was not asked, or where no answer came
 * @property {string} [seen] the session that was opened
 * @property {string} result `ok`; the reason of a rejection; `unavailable` (the list did not answer); `unknown` (no
 *   answer came); `unreached` (the request was never sent); `error` (anything else)
 * @property {{ session: string, subject?: string, deadline?: number }} [left] the session that the request began
 * @property {boolean} [cleared] whether the answer took the browser's session cookie away
 * @property {string} [message] of an `error`
 *
 * @typedef {"visit" | "write" | "begin" | "login" | "regenerate" | "revokeOthers" | "logout" | "revokeSession" |
 *   "revokeSubject" | "revokeAll"} Kind
 */

/**
 * What the run promises to the checker.
 *
 * @typedef {object} Bounds
 * @property {number} maxStaleness of the replicas, in ms
 * @property {number} maxOffset how far a replica's clock may be from the true one, in ms
 */

/**
 * @typedef {object} History
 * @property {Bounds} bounds
 * @property {readonly Operation[]} operations
 * @property {readonly number[]} settled instants by which everything that was asked and given up before had either
 *   taken effect or never will
 */

/** @param {string} text JSON lines @returns {History} */
export function parseHistory(text) {
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const bounds = lines.find((line) => line.bounds !== undefined)?.bounds;
  if (!bounds) throw new Error("the history does not begin with its bounds");
  return {
    bounds,
    operations: lines.filter((line) => line.op !== undefined),
    settled: lines.flatMap((line) => line.settled ?? []),
  };
}

/** @param {string} file */
export const readHistory = (file) => parseHistory(readFileSync(file, "utf8"));

const WRITES = new Set([
  "begin",
  "login",
  "regenerate",
  "revokeOthers",
  "logout",
  "revokeSession",
  "revokeSubject",
  "revokeAll",
]);
const REISSUES = new Set(["regenerate", "revokeOthers"]);
const IN_DOUBT = new Set(["unavailable", "unknown", "error"]);

/**
 * Until when a write may have taken effect; it cannot have before it was invoked.
 *
 * @param {Operation} operation
 * @param {readonly number[]} settled
 * @returns {number | undefined} nothing where it had no effect; infinity where nobody knows
 */
export function effectEnd({ kind, result, opened, complete }, settled) {
  if (!WRITES.has(kind)) return undefined;
  if (result === "ok") return complete;
  // The step may have been done, and what it gave may have ended before it was answered.
  if (result === "revoked" && REISSUES.has(kind)) return complete;
  // A driver may have sent it twice, and the second found what the first did.
  if (result === "superseded" && kind === "revokeOthers") return complete;
  // Whoever could not be let in got no further, except for a logout that does not ask.
  if (!IN_DOUBT.has(result) || opened === "unavailable") return undefined;
  return settled.find((instant) => instant > complete) ?? Number.POSITIVE_INFINITY;
}
