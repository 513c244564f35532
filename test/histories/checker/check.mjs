import { causes } from "./causes.mjs";
import { endings } from "./endings.mjs";
import { effectEnd } from "./history.mjs";
import { lineages } from "./lineage.mjs";
/** @import { History, Operation } from "./history.mjs" */
/** @import { Known } from "./lineage.mjs" */

/**
 * @typedef {object} Violation
 * @property {keyof typeof PROPERTIES} property
 * @property {string} message
 * @property {readonly Operation[]} operations that show it
 */

export const PROPERTIES = {
  bound: "no session is accepted later than its end and the bound",
  stays: "what was refused as ended is never accepted again, and what is revoked stays so",
  login: "a login after `everywhere` holds",
  spared: "no session ends that nobody ended, and an outage ends none",
  thief: "a stalled request does not outlive the end of its session by a new id",
  deadline: "no session outlives its deadline",
  identity: "a session is the one that was sealed",
  errors: "the replicas answer as documented",
};

/**
 * Judges a history. Where two operations ran at the same time, either order is taken for possible; an operation whose
 * outcome nobody knows may have happened or not.
 *
 * @param {History} history
 * @returns {Violation[]} the first ones first
 */
export function check(history) {
  const sessions = lineages(history);
  const { ended, endedById, replaced } = endings(history, sessions);
  const { mayBeRevoked, mayBeReplaced } = causes(history, sessions);
  const { maxStaleness, maxOffset } = history.bounds;
  const refusals = firstRefusals(history);
  /** @type {Violation[]} */
  const violations = [];
  /** @param {keyof typeof PROPERTIES} property @param {string} message @param {...Operation} operations */
  const report = (property, message, ...operations) => void violations.push({ property, message, operations });

  /** @param {Operation} operation @param {Known} session */
  const accepted = (operation, session) => {
    const { invoke, at } = operation;
    for (const [ends, what] of /** @type {const} */ ([
      [ended(session), "revoked"],
      [replaced(session), "replaced"],
    ])) {
      const property = ends.anywhere && what === "revoked" && isThiefs(session, ends.anywhere) ? "thief" : "bound";
      if (ends.anywhere && invoke > ends.anywhere.complete + maxStaleness) {
        const late = Math.round(invoke - ends.anywhere.complete - maxStaleness);
        report(property, `accepted ${late} ms after it was ${what} and the bound`, ends.anywhere, operation);
      }
      const here = ends.at.get(at);
      if (here && invoke > here.complete) {
        const late = Math.round(invoke - here.complete);
        report(property, `accepted ${late} ms after it was ${what} through this very replica`, here, operation);
      }
    }
    const refused = refusals.get(session.label);
    if (refused && invoke > refused.anywhere.complete + maxStaleness)
      report("stays", "accepted after it was refused as ended, and the bound", refused.anywhere, operation);
    const before = refused?.at.get(at);
    if (before && invoke > before.complete)
      report("stays", "accepted after this very replica refused it as ended", before, operation);
    if (operation.deadline !== undefined && invoke > operation.deadline + maxOffset)
      report("deadline", `accepted ${Math.round(invoke - operation.deadline)} ms after its deadline`, operation);
    if (operation.seen !== undefined && operation.seen !== session.label)
      report("identity", "opened as another session", session.birth, operation);
  };

  /** What the store itself decides has no bound. @param {Operation} operation @param {Known} session */
  const reissued = (operation, session) => {
    const { anywhere } = ended(session);
    if (anywhere && operation.invoke > anywhere.complete)
      report("thief", "a new id was given after the session was revoked", anywhere, operation);
    const other = replaced(session).anywhere;
    if (other && operation.invoke > other.complete)
      report("thief", "a new id was given after the session had got another", other, operation);
    const twin = session.children.find(
      ({ link, birth }) => link === "reissue" && birth !== operation && birth.op < operation.op,
    );
    if (twin && !(other && operation.invoke > other.complete))
      report("thief", "one id was replaced by two", twin.birth, operation);
  };

  /** @param {Operation} operation @param {Known} session @param {string} reason */
  const refused = (operation, session, reason) => {
    const { complete, invoke } = operation;
    if (reason === "revoked") {
      if (mayBeRevoked(session, complete)) return;
      const before = everywhereBefore(history, session);
      if (before)
        report("login", "refused although it began after `everywhere` had ended", before, session.birth, operation);
      else report("spared", "refused as revoked, and nobody revoked it", session.birth, operation);
      return;
    }
    if (reason === "superseded") {
      if (!mayBeReplaced(session, operation)) {
        report("spared", "refused as superseded, and nothing took its place", session.birth, operation);
        return;
      }
      const { anywhere, at } = endedById(session);
      const here = at.get(operation.at);
      const known = [
        ...(anywhere ? [{ end: anywhere, from: anywhere.complete + maxStaleness }] : []),
        ...(here ? [{ end: here, from: here.complete }] : []),
      ];
      const first = known.find(({ from }) => invoke > from);
      if (first) report("stays", "refused as superseded after it was revoked", first.end, operation);
      return;
    }
    const over = operation.deadline !== undefined && complete + maxOffset >= operation.deadline;
    if ((reason === "idle" || reason === "expired") && over) return;
    report("spared", `refused as ${reason}`, session.birth, operation);
  };

  for (const operation of [...history.operations].sort((a, b) => a.complete - b.complete)) {
    const { session: label, opened, result, kind } = operation;
    if (result === "error") report("errors", operation.message ?? "an error", operation);
    if (operation.cleared && kind !== "logout" && kind !== "login")
      report("spared", "the answer took the session's cookie away", operation);
    if (label === undefined) continue;
    const session = sessions.get(label);
    if (!session) {
      report("identity", "a session that nobody began", operation);
      continue;
    }
    if (opened === "accepted") accepted(operation, session);
    else if (opened === "nobody") report("spared", "the cookie was taken for nobody's", session.birth, operation);
    else if (opened !== undefined && opened !== "unavailable") refused(operation, session, opened);
    if (opened !== "accepted") continue;
    if (result === "ok" && (kind === "regenerate" || kind === "revokeOthers")) reissued(operation, session);
    if (isReason(result)) refused(operation, session, result);
  }
  return violations;
}

const NO_REASONS = new Set(["ok", "unavailable", "unknown", "unreached", "error"]);

/** @param {string} result */
const isReason = (result) => !NO_REASONS.has(result);

/**
 * Whether the session's id is one that was given while, or after, its chain was ended.
 *
 * @param {Known} session
 * @param {Operation} end
 */
function isThiefs({ link, birth }, end) {
  return link === "reissue" && birth.complete >= end.invoke;
}

/**
 * A sign-out everywhere that was over before the session's sign-in began.
 *
 * @param {History} history
 * @param {Known} session
 */
function everywhereBefore({ operations }, { root, subject }) {
  return operations.findLast(
    ({ kind, result, complete, subject: whose }) =>
      (kind === "revokeAll" || (kind === "revokeSubject" && whose === subject)) &&
      result === "ok" &&
      complete < root.birth.invoke,
  );
}

/**
 * By session, the first time that an `open()` said it had ended: anywhere, and at each replica.
 *
 * @param {History} history
 */
function firstRefusals({ operations }) {
  /** @type {Map<string, { anywhere: Operation, at: Map<string, Operation> }>} */
  const first = new Map();
  for (const operation of operations) {
    const { session, opened, at, complete } = operation;
    if (session === undefined || (opened !== "revoked" && opened !== "superseded")) continue;
    const known = first.get(session) ?? { anywhere: operation, at: new Map() };
    if (complete < known.anywhere.complete) known.anywhere = operation;
    if (complete < (known.at.get(at)?.complete ?? Number.POSITIVE_INFINITY)) known.at.set(at, operation);
    first.set(session, known);
  }
  return first;
}

/**
 * What a history consists of, so that a run can show that it tried something.
 *
 * @param {History} history
 * @returns {Record<string, number>}
 */
export function count({ operations, settled }) {
  /** @type {Record<string, number>} */
  const counts = {};
  const add = (/** @type {string} */ name) => void (counts[name] = (counts[name] ?? 0) + 1);
  for (const operation of operations) {
    const { kind, opened, result } = operation;
    add(`${kind} ${isReason(result) ? "refused" : result}`);
    if (opened === "accepted") add("accepted");
    else if (opened !== undefined && opened !== "unavailable") add(`refused as ${opened}`);
    if (opened === "accepted" && isReason(result)) add(`refused while it ran as ${result}`);
    if (result === "unavailable") add("unavailable");
    if (effectEnd(operation, settled) !== undefined && result !== "ok" && !isReason(result)) add("in doubt");
  }
  return counts;
}
