/** @import { History, Operation } from "./history.mjs" */

/**
 * A session and where it came from. Its chain is the line of ids that one sign-in had by `regenerate`.
 *
 * @typedef {object} Known
 * @property {string} label
 * @property {Operation} birth
 * @property {string | undefined} subject
 * @property {Known | undefined} parent the session whose place it took
 * @property {"reissue" | "login" | undefined} link how: by one step of the store that a dead parent cannot take; by a
 *   login of the same subject; nothing for another subject's login, which has nothing to do with the parent's end
 * @property {Known[]} children
 * @property {Known} root the first of its chain
 */

/**
 * @param {History} history
 * @returns {Map<string, Known>}
 */
export function lineages({ operations }) {
  /** @type {Map<string, Known>} */
  const sessions = new Map();
  const births = operations.filter(({ left }) => left !== undefined).sort((a, b) => a.complete - b.complete);
  for (const birth of births) {
    const { session: label, subject } = /** @type {{ session: string, subject?: string }} */ (birth.left);
    const parent = birth.session === undefined ? undefined : sessions.get(birth.session);
    const reissue = birth.kind === "regenerate" || birth.kind === "revokeOthers";
    const link = reissue
      ? "reissue"
      : parent && subject !== undefined && parent.subject === subject
        ? "login"
        : undefined;
    const known = /** @type {Known} */ ({ label, birth, subject, parent, link, children: [] });
    known.root = link === "reissue" && parent ? parent.root : known;
    parent?.children.push(known);
    sessions.set(label, known);
  }
  return sessions;
}
