/*
 * What may have ended a session: also what was never acknowledged, and what ran at the same time. A refusal without
 * any such cause signed somebody out whom nobody wanted out.
 */
import { effectEnd } from "./history.mjs";
import { targetOf } from "./endings.mjs";
/** @import { History, Operation } from "./history.mjs" */
/** @import { Known } from "./lineage.mjs" */

/**
 * @param {History} history
 * @param {Map<string, Known>} sessions
 */
export function causes({ operations, settled }, sessions) {
  /** @type {Cause[]} */
  const all = [];
  /** @type {Map<string, Cause[]>} */
  const ofSubject = new Map();
  /** @type {Map<string, Cause[]>} */
  const ofSession = new Map();
  /** @type {Map<string, Cause[]>} */
  const replacing = new Map();
  for (const operation of operations) {
    const until = effectEnd(operation, settled);
    if (until === undefined) continue;
    const cause = { operation, until };
    const { kind, session } = operation;
    if (kind === "revokeAll") all.push(cause);
    if (kind === "revokeSubject") push(ofSubject, operation.subject, cause);
    if (kind === "revokeOthers") push(ofSubject, sessions.get(session ?? "")?.subject, cause);
    if (kind === "revokeSession" || kind === "logout") push(ofSession, targetOf(operation, sessions)?.label, cause);
    if (kind === "login" || kind === "regenerate" || kind === "revokeOthers") push(replacing, session, cause);
  }
  return {
    /** @param {Known} session @param {number} by */
    mayBeRevoked(session, by) {
      const { birth, subject } = session;
      const everywhere = [...all, ...((subject !== undefined && ofSubject.get(subject)) || [])].some(
        ({ operation, until }) => operation !== birth && operation.invoke < by && until > birth.invoke,
      );
      return everywhere || endedWithAncestor(session, ofSession, by);
    },
    /** @param {Known} session @param {Operation} refusal */
    mayBeReplaced: ({ label }, refusal) =>
      (replacing.get(label) ?? []).some(
        ({ operation }) =>
          (operation !== refusal || refusal.kind === "revokeOthers") && operation.invoke < refusal.complete,
      ),
  };
}

/** @typedef {{ operation: Operation, until: number }} Cause */

/**
 * Whether its id, or one before it, may have been ended. A login after that end is a new beginning.
 *
 * @param {Known} session
 * @param {Map<string, Cause[]>} ofSession
 * @param {number} by
 */
function endedWithAncestor(session, ofSession, by) {
  let begun = Number.NEGATIVE_INFINITY;
  for (let at = /** @type {Known | undefined} */ (session); at; at = at.parent) {
    const found = (ofSession.get(at.label) ?? []).some(
      ({ operation, until }) => operation.invoke < by && until > begun,
    );
    if (found) return true;
    if (at.link === undefined) return false;
    if (at.link === "login") begun = Math.max(begun, at.birth.invoke);
  }
  return false;
}

/** @template T @param {Map<string, T[]>} lists @param {string | undefined} name @param {T} item */
function push(lists, name, item) {
  if (name === undefined) return;
  const list = lists.get(name) ?? [];
  list.push(item);
  lists.set(name, list);
}
