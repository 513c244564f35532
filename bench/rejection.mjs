/**
 * What it costs to refuse a cookie, in µs, beside opening a good one with the same library: text that is no token, a
 * token of a key that nobody has, one with a wrong MAC, and 16 KB. Cold is a different token each time, warm the same one
 * again; what is refused is different each time.
 * Usage: node bench/rejection.mjs [--json] [--quick]
 */
import { randomBytes } from "node:crypto";
import cookieSession from "cookie-session";
import { createSessionManager } from "sealed-session";
import { contest } from "./lib/contest.mjs";
import { forgeriesOf, garbageLike } from "./lib/forged.mjs";
import { readOptions } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { peers } from "./lib/peers.mjs";
import { print, withSpread } from "./lib/report.mjs";
import { readSession, refuseSession, signedIn } from "./lib/sessions.mjs";
import { signedCookie } from "./lib/signed-cookie.mjs";

const { json, quick } = readOptions(import.meta.url);
const speed = quick ? { rounds: 2, ms: 3 } : {};
/** More than any cache of ours holds. */
const TOKENS = quick ? 20 : 2_500;
const FORGED = 200;
const data = payload(700);
const secret = randomBytes(32).toString("base64url");

/**
 * @typedef {object} Library
 * @property {string} name
 * @property {(data: object) => unknown} seal
 * @property {(token: string) => unknown} open throws, or gives none of the data, for what it refuses
 * @property {(token: string) => unknown} [refuse] where a refusal goes another way
 * @property {(token: string) => string} [garbage]
 * @property {import("./lib/forged.mjs").Forgeries} forgeries
 */

/** @returns {Library[]} */
function libraries() {
  const known = new Map(peers().map((peer) => [peer.name, peer]));
  const peer = (name, forgeries, title = name) => ({ ...known.get(name), name: title, forgeries });
  return [
    peer("sealed-session", forgeriesOf.iron, "sealed-session, `createSealer().open`"),
    ourManager(),
    peer("sealed-session/iron-session", forgeriesOf.iron),
    peer("iron-session 9", forgeriesOf.iron),
    peer("next-auth 4", forgeriesOf.jwe),
    peer("libsodium secretbox, as @fastify/secure-session", forgeriesOf.secretbox),
    {
      ...signedCookie(cookieSession, secret),
      name: "cookie-session (signed, not encrypted)",
      garbage: (header) => `session=${garbageLike(header)}`,
      forgeries: forgeriesOf.signed,
    },
  ];
}

function ourManager() {
  const sessions = createSessionManager({ name: "bench", keyring: secret });
  return {
    name: "sealed-session, `sessions.open`",
    seal: (own) => signedIn(sessions, own),
    open: (header) => readSession(sessions, header),
    refuse: (header) => refuseSession(sessions, header),
    garbage: (header) => `${sessions.cookieNames.user}=${garbageLike(header)}`,
    forgeries: forgeriesOf.iron,
  };
}

/** One operation for each column; a library whose tokens name no key has none for the column of the unknown key. */
async function columnsOf({ name, seal, open, refuse = open, garbage = garbageLike, forgeries }) {
  const good = [];
  for (let i = 0; i < TOKENS; i++) good.push(await seal({ ...data, i }));
  if ((await open(good[0])).user === undefined) throw new Error(`${name} does not open its own`);
  const kinds = {
    "garbage, µs": garbage,
    "unknown key, µs": forgeries.unknownKey,
    "wrong MAC, µs": forgeries.wrongMac,
    "16 KB, µs": forgeries.oversize,
  };
  const columns = {
    "good, cold, µs": (turn) => open(good[turn % TOKENS]),
    "good, warm, µs": () => open(good[0]),
  };
  for (const [kind, forge] of Object.entries(kinds)) {
    if (!forge) continue;
    const forged = Array.from({ length: FORGED }, (_, i) => forge(good[0], i));
    for (const each of forged) await assertRefused(name, kind, open, each);
    columns[kind] = (turn) => quietly(refuse, forged[turn % FORGED]);
  }
  return columns;
}

/** What is refused with an exception is caught, as the caller has to. */
function quietly(open, token) {
  try {
    const result = open(token);
    return typeof result?.then === "function" ? result.then(ignore, ignore) : result;
  } catch {
    return undefined;
  }
}

const ignore = () => undefined;

async function assertRefused(name, kind, open, token) {
  const opened = await Promise.resolve(token).then(open).catch(ignore);
  if (opened?.user !== undefined) throw new Error(`${name} accepts: ${kind}`);
}

const entrants = [];
for (const library of libraries()) {
  const columns = await columnsOf(library);
  for (const [column, run] of Object.entries(columns)) entrants.push({ library: library.name, name: column, run });
}
const columns = new Set(entrants.map(({ name }) => name));
const rows = new Map();
for (const [at, result] of (await contest(entrants, speed)).entries()) {
  const { library, name } = entrants[at];
  const row = rows.get(library) ?? { library, ...Object.fromEntries([...columns].map((column) => [column, "–"])) };
  rows.set(library, { ...row, [name]: withSpread(result) });
}
print([...rows.values()], json, ["iron-session", "next-auth", "sodium-native", "cookie-session"]);
