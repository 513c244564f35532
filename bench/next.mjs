/**
 * How many requests a second route handlers of Next.js answer that read and write a session, beside one without.
 *
 * node bench/next.mjs [--json] [--quick] [--rounds 5] [--seconds 3] [--connections 10]
 *
 * A production build of bench/next-app, served by a `next start` for each contestant. Each is alone under load (autocannon,
 * in this process), in alternating short runs; each round begins with another one. Figures are medians of the rounds, and
 * half the distance between the quartiles. warm: all requests have the same cookie; cold: thousands of different ones in
 * turn. On Linux the server has one processor and the load the others. The session's data are about 700 bytes of JSON with
 * a signed-in user. Every cookie is tried before the runs, and each response in them must be a success of the same length.
 *
 * --quick         only proves that it runs; most of it is the build
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { freePort } from "../test/support/free-port.mjs";
import { duel } from "./lib/duel.mjs";
import { atExit } from "./lib/leftovers.mjs";
import { readLoadOptions } from "./lib/load-options.mjs";
import { progress } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { ownProcessor } from "./lib/processors.mjs";
import { runToEnd, start } from "./lib/program.mjs";
import { print } from "./lib/report.mjs";
import { signIn } from "./lib/visitors.mjs";

const { values, settings, visitors: VISITORS } = readLoadOptions(import.meta.url);
const APP = path.join(import.meta.dirname, "next-app");
const NEXT = path.join(import.meta.dirname, "../node_modules/next/dist/bin/next");

const [OURS, IRON] = [
  { library: "sealed-session", folder: "/ours" },
  { library: "iron-session 9", folder: "/iron" },
];

/** Who has no session is sent the cookies of ours. */
const CONTESTANTS = [
  { library: "no session", folder: "/none", verb: "none", load: "warm" },
  { ...OURS, verb: "read", load: "warm" },
  { library: "no session", folder: "/none", verb: "none", load: "cold" },
  { ...OURS, verb: "read", load: "cold" },
  { ...OURS, verb: "write", load: "warm" },
  { ...IRON, verb: "read", load: "warm" },
  { ...IRON, verb: "read", load: "cold" },
  { ...IRON, verb: "write", load: "warm" },
];

const data = payload(700);
const view = { user: data.user.id, name: data.user.name, items: data.items.length };
const env = { BENCH_DATA: JSON.stringify(data), BENCH_SECRET: randomBytes(32).toString("base64url") };

async function serve() {
  const port = await freePort();
  const command = [
    ...ownProcessor(),
    process.execPath,
    NEXT,
    "start",
    "--hostname",
    "127.0.0.1",
    "--port",
    String(port),
  ];
  const { stop } = await start(command, { cwd: APP, env, ready: /Ready/ });
  return { origin: `http://127.0.0.1:${port}`, stop };
}

atExit(() => rmSync(path.join(APP, ".next"), { recursive: true, force: true, maxRetries: 5 }));
progress("next build");
await runToEnd([process.execPath, NEXT, "build"], { cwd: APP });

const servers = new Map();
const entrants = [];
for (const { library, folder, verb, load } of CONTESTANTS) {
  const name = `${library}, ${verb}`;
  if (!servers.has(name)) servers.set(name, await serve());
  const { origin } = servers.get(name);
  progress(`${name}, ${load}: signing in`);
  const login = `${origin}${verb === "none" ? OURS.folder : folder}/login`;
  const cookies = await signIn(login, load === "cold" ? VISITORS : 1);
  entrants.push({ library, verb, load, origin, path: verb === "none" ? folder : `${folder}/${verb}`, view, cookies });
}
const rows = await duel(entrants, settings, progress);
for (const { stop } of servers.values()) await stop();
print(
  rows,
  values.json,
  ["autocannon", "next", "react", "iron-session"],
  [
    `${settings.connections} connections, ${settings.rounds} rounds of ${settings.seconds} s, ${VISITORS} cookies when cold`,
  ],
);
