/**
 * How the cost of reading a session grows: with the size of its data, the number of keys in the ring, the size of the
 * revocation list, the number of cookies of its name, the number of chunks. A read is `sessions.open()` of a
 * request, and a look at the data. Cold is a different visitor each time, warm the same one again.
 * Usage: node bench/growth.mjs [--json] [--quick]
 */
import { randomBytes } from "node:crypto";
import { createSealer, createSessionManager } from "sealed-session";
import { contest } from "./lib/contest.mjs";
import { longList } from "./lib/long-list.mjs";
import { progress, readOptions } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { printTables, withSpread } from "./lib/report.mjs";
import { readSession, signedIn } from "./lib/sessions.mjs";

const { json, quick } = readOptions(import.meta.url);
const speed = quick ? { rounds: 2, ms: 3 } : {};
/** More than any cache of ours holds. */
const VISITORS = quick ? 20 : 2_500;
const newSecret = () => randomBytes(32).toString("base64url");
const secret = newSecret();
const managerWith = (options) => createSessionManager({ name: "bench", keyring: secret, ...options });

/** The headers of so many visitors, whose sessions differ. */
async function visitors(sessions, data) {
  const cookies = [];
  for (let i = 0; i < VISITORS; i++) cookies.push(await signedIn(sessions, { ...data, i }));
  return cookies;
}

/**
 * @typedef {object} Case
 * @property {Record<string, string | number>} row what is different in it
 * @property {import("sealed-session").SessionManager} sessions
 * @property {readonly string[]} cookies
 * @property {Record<string, (turn: number) => unknown>} [others] what else is measured, by the column's name
 */

/** Every case against every other. @param {string} title @param {readonly Case[]} cases */
async function table(title, cases) {
  progress(title);
  const entrants = cases.flatMap(({ row, sessions, cookies, others = {} }) => [
    { row, name: "cold, µs", run: (turn) => readSession(sessions, cookies[turn % cookies.length]) },
    { row, name: "warm, µs", run: () => readSession(sessions, cookies[0]) },
    ...Object.entries(others).map(([name, run]) => ({ row, name, run })),
  ]);
  const found = new Map(cases.map(({ row }) => [row, { ...row }]));
  for (const [at, result] of (await contest(entrants, speed)).entries()) {
    found.get(entrants[at].row)[result.name] = withSpread(result);
  }
  return { title, rows: [...found.values()] };
}

async function bySize() {
  const sessions = managerWith();
  const cases = [];
  for (const bytes of [100, 500, 1_000, 2_000, 2_800]) {
    const data = payload(bytes);
    cases.push({ row: { "bytes of JSON": jsonBytes(data) }, sessions, cookies: await visitors(sessions, data) });
  }
  return table("Size of the data", cases);
}

async function byKeys() {
  const cases = [];
  for (const count of [1, 2, 10, 100]) {
    const ring = Array.from({ length: count }, newSecret);
    const sessions = managerWith({ keyring: ring });
    for (const [sealedWith, key] of count === 1
      ? [["the only one", ring[0]]]
      : Object.entries({ "the newest": ring[0], "the oldest": ring.at(-1) })) {
      const cookies = await visitors(managerWith({ keyring: [key] }), payload(700));
      cases.push({ row: { "keys in the ring": count, "sealed with": sealedWith }, sessions, cookies });
    }
  }
  return table("Keys in the ring", cases);
}

async function byRevocations() {
  const cases = [];
  for (const entries of quick ? [0, 1_000] : [0, 1_000, 1_000_000, 10_000_000]) {
    for (const [name, newStore] of Object.entries(longList)) {
      // It keeps each entry as an object: nobody would have such a list in one process's memory.
      if (name === "memory" && entries > 1_000_000) continue;
      progress(`a list of ${entries} in ${name}`);
      const sessions = managerWith({ revocation: await newStore(entries) });
      const row = { "entries on the list": entries.toLocaleString("en"), list: name };
      cases.push({ row, sessions, cookies: await visitors(sessions, payload(700)) });
    }
  }
  return table("Size of the revocation list", cases);
}

async function byDuplicates() {
  const sessions = managerWith();
  const own = await visitors(sessions, payload(700));
  const name = sessions.cookieNames.user;
  const cases = [];
  for (const count of [1, 2, 4, 8, 16]) {
    // The good one last: whatever gives up before would find nothing.
    const forged = own.map((cookie, i) =>
      [...Array.from({ length: count - 1 }, (_, n) => tampered(cookie, i, n)), cookie].join("; "),
    );
    cases.push({
      row: { "cookies of the name": count, "the others": count === 1 ? "–" : "have a wrong MAC" },
      sessions,
      cookies: forged,
    });
    if (count === 1) continue;
    const garbage = own.map((cookie, i) =>
      [...Array.from({ length: count - 1 }, (_, n) => `${name}=garbage-${i}-${n}`), cookie].join("; "),
    );
    cases.push({ row: { "cookies of the name": count, "the others": "are no tokens" }, sessions, cookies: garbage });
  }
  return table("Cookies of one name", cases);
}

async function byChunks() {
  const sessions = managerWith();
  const sealer = createSealer({ keyring: secret, purpose: "bench" });
  const cases = [];
  for (const bytes of [2_500, 5_000, 7_000, 8_900]) {
    const data = payload(bytes);
    const cookies = await visitors(sessions, data);
    const tokens = [];
    for (let i = 0; i < VISITORS; i++) tokens.push(await sealer.seal({ ...data, i }, { ttl: "1h" }));
    cases.push({
      row: { chunks: cookies[0].split("; ").length, "bytes of JSON": jsonBytes(data) },
      sessions,
      cookies,
      others: { "the data in one sealer's token, cold, µs": (turn) => sealer.open(tokens[turn % VISITORS]) },
    });
  }
  return table("Chunks", cases);
}

/** With another character in the MAC; canonical all the same, so that the MAC is what it fails for. */
function tampered(cookie, i, n) {
  const at = cookie.length - 2 - ((i + n) % 40);
  return `${cookie.slice(0, at)}${cookie[at] === "A" ? "B" : "A"}${cookie.slice(at + 1)}`;
}

const jsonBytes = (data) => JSON.stringify(data).length;

const tables = [];
for (const measure of [bySize, byKeys, byRevocations, byDuplicates, byChunks]) tables.push(await measure());
printTables(tables, json, []);
process.exit();
