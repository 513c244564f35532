import type { Step } from "./engine.js";

const REMOVE_PAST_DEADLINE = `
DELETE FROM sealed_session_entries WHERE place IN
(SELECT place FROM sealed_session_entries WHERE until < ? LIMIT ?)`;
const REMOVE_AGED = `
DELETE FROM sealed_session_entries WHERE place IN
(SELECT place FROM sealed_session_entries WHERE until IS NULL AND kind < 3 AND since < ? LIMIT ?)`;
const REMOVE_USED = `
DELETE FROM sealed_session_used WHERE id IN (SELECT id FROM sealed_session_used WHERE until < ? LIMIT ?)`;
const REMOVE_SIGN_INS = `
DELETE FROM sealed_session_sign_ins WHERE rowid IN
(SELECT rowid FROM sealed_session_sign_ins WHERE until < ? LIMIT ?)`;
const CHANGES = "SELECT changes() AS count";

/**
 * Removes what expired, at most `limit` of it.
 *
 * @returns how much, sign-ins among it
 */
export function removeExpired({ database, list, now }: Step, skew: number, limit: number): number {
  let left = limit;
  const remove = (sql: string, before: number): void => {
    database.run(sql, before, left);
    left -= Number(database.rows(CHANGES)[0]?.["count"]);
  };
  remove(REMOVE_PAST_DEADLINE, now - skew);
  // Reckoned now, not when it was entered: a manager with longer timeouts may have come since.
  remove(REMOVE_AGED, now - skew - list.retention);
  remove(REMOVE_USED, now - skew);
  remove(REMOVE_SIGN_INS, now);
  return limit - left;
}

const REMOVE_SIGN_INS_OF_BEFORE = `
DELETE FROM sealed_session_sign_ins WHERE rowid IN
(SELECT rowid FROM sealed_session_sign_ins WHERE all_generation < ? LIMIT ?)`;

/**
 * Removes sign-ins that ended with everything, at most `limit`. Looks through the whole directory for them.
 *
 * @returns how many
 */
export function removeSignInsOfBefore({ database, list }: Step, limit: number): number {
  database.run(REMOVE_SIGN_INS_OF_BEFORE, list.all, limit);
  return Number(database.rows(CHANGES)[0]?.["count"]);
}
