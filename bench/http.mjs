/**
 * How many requests a second servers answer that read and write a session, beside the same servers without one.
 *
 * node bench/http.mjs [--json] [--quick] [--kind node|express|fastify] [--only <text>] [--rounds 5] [--seconds 3]
 *   [--connections 10]
 *
 * Each server has a process of its own and is alone under load (autocannon, in this process), in alternating short runs;
 * each round begins with another one. Figures are medians of the rounds, and half the distance between the quartiles.
 * warm: all requests have the same cookie; cold: thousands of different ones in turn. On Linux the server has one
 * processor and the load the others. The session's data are about 700 bytes of JSON with a signed-in user, the sessions
 * live an hour. Every cookie is tried before the runs, and each response in them must be a success of the same length.
 * Redis runs on this machine and keeps nothing on the disk.
 *
 * --kind          only the servers of one kind
 * --only          only contestants whose name has this text, and those without a session: pairs that run close together
 * --quick         a few seconds; proves only that it runs
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { KINDS } from "./http/contestants.mjs";
import { duel } from "./lib/duel.mjs";
import { payload } from "./lib/payload.mjs";
import { readLoadOptions } from "./lib/load-options.mjs";
import { progress } from "./lib/options.mjs";
import { ownProcessor } from "./lib/processors.mjs";
import { start } from "./lib/program.mjs";
import { startRedis } from "./lib/redis.mjs";
import { print } from "./lib/report.mjs";
import { signIn } from "./lib/visitors.mjs";

const {
  values,
  settings,
  visitors: VISITORS,
} = readLoadOptions(import.meta.url, {
  kind: { type: "string" },
  only: { type: "string", default: "" },
});
const PACKAGES =
  "autocannon express fastify iron-session next-auth @fastify/secure-session cookie-session express-session connect-redis redis";

const data = payload(700);
const view = { user: data.user.id, name: data.user.name, items: data.items.length };

const redis = await startRedis();
const env = {
  BENCH_DATA: JSON.stringify(data),
  BENCH_SECRET: randomBytes(32).toString("base64url"),
  BENCH_REDIS: redis.url,
};

async function startServer(kind, library, verb) {
  const program = fileURLToPath(new URL("http/server.mjs", import.meta.url));
  const command = [...ownProcessor(), process.execPath, program, kind, library, verb];
  const { match, stop } = await start(command, { env, ready: /listens on (\d+)/ });
  return { origin: `http://127.0.0.1:${match[1]}`, stop };
}

/** The servers of one kind against each other. */
async function measure(kind) {
  const contestants = KINDS[kind].filter(
    ({ library, verb }) => verb === "none" || `${library}, ${verb}`.includes(values.only),
  );
  const servers = new Map();
  const signedIn = new Map();
  const serverOf = async (library, verb) => {
    const name = `${library}, ${verb}`;
    if (!servers.has(name)) servers.set(name, await startServer(kind, library, verb));
    return servers.get(name);
  };
  /** Sessions are the same whatever a request does with them; only where they are kept in a process they are its own. */
  const cookiesFor = async ({ library, verb, load }) => {
    if (load === "no cookie") return [undefined];
    const from = verb === "none" ? ["sealed-session", "read"] : [library, verb];
    const name = from.join();
    const count = load === "cold" ? VISITORS : 1;
    const known = signedIn.get(name) ?? [];
    if (known.length < count) {
      progress(`${from.join(", ")}: signing in ${count}`);
      known.splice(0, known.length, ...(await signIn(`${(await serverOf(...from)).origin}/login`, count)));
      signedIn.set(name, known);
    }
    return known.slice(0, count);
  };
  try {
    const entrants = [];
    for (const contestant of contestants) {
      const { library, verb } = contestant;
      const { origin } = await serverOf(library, verb);
      entrants.push({ ...contestant, origin, path: "/", view, cookies: await cookiesFor(contestant) });
    }
    const rows = await duel(entrants, settings, progress);
    return rows.map((row) => ({ server: kind === "node" ? "node:http" : kind, ...row }));
  } finally {
    for (const { stop } of servers.values()) await stop();
  }
}

const rows = [];
for (const kind of values.kind ? [values.kind] : Object.keys(KINDS)) rows.push(...(await measure(kind)));
await redis.stop();
print(rows, values.json, PACKAGES.split(" "), [
  `${settings.connections} connections, ${settings.rounds} rounds of ${settings.seconds} s, ${VISITORS} cookies when cold`,
]);
