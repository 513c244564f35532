/*
 * When a session had certainly ended: by a revocation that was acknowledged, and that by the order of real time must
 * have found the session there.
 */
import { effectEnd } from "./history.mjs";
/** @import { History, Operation } from "./history.mjs" */
/** @import { Known } from "./lineage.mjs" */

/**
 * The first acknowledged ends of a session: through any replica, and through each one.
 *
 * @typedef {object} Ends
 * @property {Operation | undefined} anywhere
 * @property {ReadonlyMap<string, Operation>} at
 */

/**
 * @param {History} history
 * @param {Map<string, Known>} sessions
 * @returns {{ ended(session: Known): Ends, endedById(session: Known): Ends, replaced(session: Known): Ends }}
 *   `endedById`: its own id is on the list as revoked; `replaced`: it got a successor, which says nothing about that one
 */
export function endings(history, sessions) {
  const everywhere = endsEverywhere(history, sessions);
  const one = endsOfOne(history, sessions);
  const replacements = new Collector();
  for (const { birth, parent } of sessions.values()) if (parent) replacements.add(parent, birth);
  return {
    ended: (session) => earliest([everywhere(session), one.of(session)]),
    endedById: (session) => one.of(session),
    replaced: (session) => replacements.of(session),
  };
}

/**
 * "Everywhere" ends every id whose chain had begun by then. An id that was regenerated meanwhile is no exception:
 * either the step came first, and took the old generation along, or it was refused.
 *
 * @param {History} history
 * @param {Map<string, Known>} sessions
 * @returns {(session: Known) => Ends}
 */
function endsEverywhere({ operations }, sessions) {
  const all = new Timeline();
  /** @type {Map<string, Timeline>} */
  const subjects = new Map();
  for (const operation of operations) {
    const { kind, result, subject, session } = operation;
    if (result !== "ok") continue;
    if (kind === "revokeAll") all.add(operation, undefined);
    if (kind !== "revokeSubject" && kind !== "revokeOthers") continue;
    const chain = kind === "revokeOthers" ? sessions.get(session ?? "")?.root : undefined;
    const whose = kind === "revokeOthers" ? chain?.subject : subject;
    if (whose === undefined) continue;
    const timeline = subjects.get(whose) ?? new Timeline();
    subjects.set(whose, timeline.add(operation, chain));
  }
  return (session) => {
    const begun = session.root.birth.complete;
    const ofSubject = session.subject === undefined ? undefined : subjects.get(session.subject);
    return earliest([all.after(begun, session.root), ...(ofSubject ? [ofSubject.after(begun, session.root)] : [])]);
  };
}

/**
 * Ending an id ends what took its place: by `regenerate` in any case, since that one step comes before or is refused;
 * by a login that was over when the end was asked for, and that nothing had kept from being linked.
 *
 * @param {History} history
 * @param {Map<string, Known>} sessions
 */
function endsOfOne({ operations, settled, bounds }, sessions) {
  const ends = operations.filter(({ kind }) => kind === "revokeSession" || kind === "logout");
  /** When each id may first have been ended by its own: a login is not linked to it from then on. */
  const perhaps = new Map();
  for (const operation of ends) {
    if (effectEnd(operation, settled) === undefined) continue;
    walk(
      targetOf(operation, sessions),
      () => true,
      (session) => {
        perhaps.set(session, Math.min(perhaps.get(session) ?? Number.POSITIVE_INFINITY, operation.invoke));
      },
    );
  }
  const certain = new Collector();
  for (const operation of ends) {
    if (operation.result !== "ok") continue;
    /** @type {(child: Known) => boolean} */
    const follows = ({ link, birth, parent }) =>
      link === "reissue" ||
      (link === "login" &&
        birth.complete < (perhaps.get(parent) ?? 0) &&
        // The link is kept as long as the id that it goes out from could live.
        operation.complete + bounds.maxOffset < (parent?.birth.left?.deadline ?? Number.POSITIVE_INFINITY));
    walk(targetOf(operation, sessions), follows, (session) => certain.add(session, operation));
  }
  return certain;
}

/**
 * @param {Operation} operation
 * @param {Map<string, Known>} sessions
 */
export function targetOf({ kind, target, session }, sessions) {
  return sessions.get((kind === "revokeSession" ? target : session) ?? "");
}

/**
 * @param {Known | undefined} from
 * @param {(child: Known) => boolean} follows
 * @param {(session: Known) => void} visit
 */
function walk(from, follows, visit) {
  const pending = from ? [from] : [];
  for (const session of pending) {
    visit(session);
    pending.push(...session.children.filter(follows));
  }
}

/** @param {readonly Ends[]} several @returns {Ends} */
function earliest(several) {
  const collector = new Collector();
  const key = /** @type {Known} */ ({});
  for (const { anywhere, at } of several) {
    for (const operation of [...(anywhere ? [anywhere] : []), ...at.values()]) collector.add(key, operation);
  }
  return collector.of(key);
}

const NEVER = { anywhere: undefined, at: new Map() };

/** The first ends of sessions, one operation at a time. */
class Collector {
  /** @type {Map<Known, { anywhere: Operation, at: Map<string, Operation> }>} */
  #ends = new Map();

  /** @param {Known} session @param {Operation} operation */
  add(session, operation) {
    const ends = this.#ends.get(session) ?? { anywhere: operation, at: new Map() };
    if (operation.complete < ends.anywhere.complete) ends.anywhere = operation;
    const there = ends.at.get(operation.at);
    if (!there || operation.complete < there.complete) ends.at.set(operation.at, operation);
    this.#ends.set(session, ends);
  }

  /** @param {Known} session @returns {Ends} */
  of(session) {
    return this.#ends.get(session) ?? NEVER;
  }
}

/** Acknowledged revocations of one scope: the first to complete of those invoked after an instant. */
class Timeline {
  /** @type {{ operation: Operation, chain: Known | undefined }[]} */
  #rows = [];
  /** @type {Map<string, { rows: { operation: Operation, chain: Known | undefined }[], best: Row[][] }> | undefined} */
  #index;

  /** @param {Operation} operation @param {Known | undefined} chain that it does not end: `revokeOthers` asked by it */
  add(operation, chain) {
    this.#rows.push({ operation, chain });
    this.#index = undefined;
    return this;
  }

  /** @param {number} instant @param {Known} chain @returns {Ends} */
  after(instant, chain) {
    this.#index ??= this.#build();
    const at = new Map();
    for (const [replica, { rows, best }] of this.#index) {
      const found = best[firstAfter(rows, instant)]?.find((row) => row.chain !== chain);
      if (found) at.set(replica, found.operation);
    }
    const anywhere = [...at.values()].sort((a, b) => a.complete - b.complete)[0];
    return { anywhere, at };
  }

  /** For each place in the order of invocation: the two first to complete from there on, of different chains. */
  #build() {
    const index = new Map();
    for (const row of this.#rows.sort((a, b) => a.operation.invoke - b.operation.invoke)) {
      const { rows } = index.get(row.operation.at) ?? { rows: [] };
      rows.push(row);
      index.set(row.operation.at, { rows, best: [] });
    }
    for (const { rows, best } of index.values()) {
      for (let place = rows.length - 1; place >= 0; place--) {
        const candidates = [rows[place], ...(best[place + 1] ?? [])].sort(
          (a, b) => a.operation.complete - b.operation.complete,
        );
        const [first] = candidates;
        // A row without a chain ends everybody: nothing behind it can come first.
        const second = first.chain && candidates.find(({ chain }) => chain !== first.chain);
        best[place] = second ? [first, second] : [first];
      }
    }
    return index;
  }
}

/** @typedef {{ operation: Operation, chain: Known | undefined }} Row */

/** @param {readonly Row[]} rows by invocation @param {number} instant */
function firstAfter(rows, instant) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {Row} */ (rows[middle]).operation.invoke > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
