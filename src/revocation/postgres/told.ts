import type { Recent, RecentChange } from "../recent.js";
import type { Parameter } from "./client.js";
import { toDatabase, whole } from "./text.js";

/** Changes told again with one call, so that none takes long. */
const BATCH = 500;

/** What is to be told again, as the parameters of one or more calls of `tell`. */
export function toTell(changes: readonly RecentChange[], recent: Recent): Parameter[][] {
  const head = [whole(recent.retention()), JSON.stringify(recent.keys().map(toDatabase))];
  const calls: Parameter[][] = [];
  for (let i = 0; i < Math.max(changes.length, 1); i += BATCH) {
    calls.push([...head, JSON.stringify(changes.slice(i, i + BATCH).map(inDatabase))]);
  }
  return calls;
}

function inDatabase(change: RecentChange): object {
  if (change.kind === "subject") {
    const { kind, subject, generation, list } = change;
    return { kind, subject: toDatabase(subject), generation, list };
  }
  if (change.kind === "all") return change;
  if (change.kind === "once") return { ...change, id: toDatabase(change.id), until: whole(change.until) };
  const until = change.until === undefined ? undefined : whole(change.until);
  if (change.kind === "revoked") return { ...change, sid: toDatabase(change.sid), until };
  const { kind, sid, successor, moved } = change;
  return {
    kind,
    sid: toDatabase(sid),
    until,
    ...(successor !== undefined && { successor: toDatabase(successor) }),
    ...(moved && { moved_all: moved.all, moved_subject: moved.subject }),
  };
}
