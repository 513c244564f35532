import { randomness } from "./random.mjs";
/** @import { Operation } from "../checker/history.mjs" */
/** @import { Browser } from "./browser.mjs" */
/** @import { Town } from "./town.mjs" */
/** @import { Randomness } from "./random.mjs" */

/** Sessions that an "everywhere" ended and that are tried again, at most. */
const TRIED = 12;
/** The latest sessions, among which live ones are looked for. */
const RECENT = 60;

/**
 * What has ended, and when it is to be tried again: right after the bound, where a copy that is too old would show,
 * and now and then from there on.
 *
 * @param {Town} town @param {number | string} seed
 */
export function openGraveyard(town, seed) {
  const random = randomness(seed, "graveyard");
  /** @type {{ body: string, at: string, due: number }[]} */
  const queue = [];
  /** @type {string[]} */
  const labels = [];
  /** Rather where there is trouble: elsewhere the copy is young. */
  const somewhere = () => {
    const troubled = town.names.filter((name) => town.replica(name).link.troubled);
    return random.pick(troubled.length > 0 && random.chance(0.7) ? troubled : town.names);
  };
  const watch = (/** @type {string} */ body) => {
    const now = town.recorder.now();
    const bound = now + town.bounds.maxStaleness;
    queue.push({ body, at: somewhere(), due: bound + random.between(1, 30) });
    queue.push({ body, at: somewhere(), due: bound + random.between(1, town.bounds.maxStaleness) });
    if (random.chance(0.3)) queue.push({ body, at: somewhere(), due: now });
  };
  const ended = (/** @type {Operation} */ { kind, result, session, target, subject, at, left }) => {
    if (result !== "ok") return;
    if (kind === "revokeSubject" || kind === "revokeAll" || kind === "revokeOthers") {
      const whose = kind === "revokeAll" ? undefined : (subject ?? left?.subject);
      const found = labels
        .slice(-RECENT * 4)
        .filter((label) => whose === undefined || town.wallet.get(label)?.held?.subject === whose);
      for (const label of random.shuffle(found.slice(-TRIED * 2)).slice(0, TRIED))
        if (label !== left?.session) watch(label);
    }
    const body = kind === "revokeSession" ? target : left || kind === "logout" ? session : undefined;
    if (body === undefined) return;
    watch(body);
    // What is ended here must be refused here at once.
    if (random.chance(0.3)) queue.push({ body, at, due: 0 });
  };
  town.listeners.push((operation) => {
    if (operation.left) labels.push(operation.left.session);
    ended(operation);
  });
  return {
    watch,
    ended,
    /** The next session that is to be tried now. */
    due() {
      const now = town.recorder.now();
      const index = queue.findIndex(({ due }) => due <= now);
      return index < 0 ? undefined : queue.splice(index, 1)[0];
    },
    /** @param {Randomness} random */
    old: (random) => (labels.length === 0 ? undefined : random.pick(labels)),
    /** @param {Randomness} random */
    recent: (random) => (labels.length === 0 ? undefined : random.pick(labels.slice(-RECENT))),
    /** The cookies of a session that is probably alive. @param {Randomness} random @returns {Browser | undefined} */
    lively: (random) => (labels.length === 0 ? undefined : town.wallet.get(random.pick(labels.slice(-RECENT / 3)))),
    labels,
  };
}

/** @typedef {ReturnType<typeof openGraveyard>} Graveyard */
