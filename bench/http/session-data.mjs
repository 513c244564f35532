/*
 * What each server keeps in the session, what it answers with, and what it takes from its environment.
 */

/** Read when it is needed: a build of Next.js has no such environment. */
let data;

/** For whoever needs one secret as text, of 32 random bytes. */
export const SECRET = process.env.BENCH_SECRET;

/** In seconds, of every session. */
export const HOUR = 3_600;

/** The data of a visitor who signs in. */
export function dataOf(visitor) {
  data ??= JSON.parse(process.env.BENCH_DATA);
  return { ...data, visitor, visits: 0 };
}

/** Who signs in. */
export const USER = "4711";

/**
 * What a response says of the session: only the right data give the right answer.
 * @throws TypeError for data that are not a visitor's
 */
export const view = ({ user, items, visitor, visits }) => ({
  user: user.id,
  name: user.name,
  items: items.length,
  visitor,
  visits,
});

/** What `/usage` answers: the processor time of the whole process so far, in µs. */
export function usage() {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system };
}
