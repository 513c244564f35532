/**
 * What a library costs beside its speed: how long its import takes and the first token after it, what a bundle of it
 * weighs, what its cookie has in characters, what a session takes on the heap while a request holds it.
 * Usage: node bench/footprint.mjs [--json] [--quick]
 *
 * Imports and first tokens are measured in fresh processes, which take turns.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bundleSize } from "../scripts/lib/bundle-size.mjs";
import { root } from "../scripts/lib/run.mjs";
import { HELD } from "./lib/held-kinds.mjs";
import { progress, readOptions } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { RECIPES, startRecipe } from "./lib/recipes.mjs";
import { printTables, withSpread } from "./lib/report.mjs";

const { json, quick } = readOptions(import.meta.url);
const ROUNDS = quick ? 1 : 15;
const HELD_SESSIONS = quick ? 50 : 5_000;
const secret = randomBytes(32).toString("base64url");
const FRESH = fileURLToPath(new URL("./lib/fresh-process.mjs", import.meta.url));
const HOLDING = fileURLToPath(new URL("./lib/held-sessions.mjs", import.meta.url));

const run = (...args) => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));

/** The median of what a process printed, and the distance between the quartiles. */
function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const quartile = (part) => sorted[Math.floor((sorted.length - 1) * part)];
  return { median: quartile(0.5), spread: quartile(0.75) - quartile(0.25) };
}

async function startUp() {
  const names = Object.keys(RECIPES);
  const tokens = new Map();
  for (const name of names) tokens.set(name, await (await startRecipe(name, secret)).seal(payload(700)));
  const found = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    progress(`fresh processes, round ${round + 1} of ${ROUNDS}`);
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      found.get(name).push(run(FRESH, name, secret, tokens.get(name)));
    }
  }
  const rows = [...found].map(([library, times]) => ({
    library,
    "import, ms": withSpread(summary(times.map((time) => time.import))),
    "the first token after it, ms": withSpread(summary(times.map(({ first }) => first))),
    "both, ms": withSpread(summary(times.map((time) => time.import + time.first))),
  }));
  return { title: "Start-up", rows };
}

async function onTheWire() {
  const rows = [];
  for (const name of Object.keys(RECIPES)) {
    const { seal, sent } = await startRecipe(name, secret);
    const row = { library: name };
    for (const data of [100, 700, 2_000].map(payload)) {
      row[`${JSON.stringify(data).length} bytes of JSON`] = sent(await seal(data)).length;
    }
    rows.push(row);
  }
  return { title: "Characters of a cookie's value", rows };
}

async function bundles() {
  progress("bundles");
  const bench = import.meta.dirname;
  const entries = [
    [root, "sealed-session", "createSessionManager"],
    [root, "sealed-session", "createSealer"],
    [root, "sealed-session/iron-session", "getIronSession, sealData, unsealData"],
    [bench, "iron-session", "getIronSession, sealData, unsealData"],
    [bench, "iron-webcrypto", "seal, unseal, defaults"],
    [bench, "jose", "EncryptJWT, jwtDecrypt"],
    [bench, "next-auth/jwt", "encode, decode"],
    [bench, "@hapi/iron", "seal, unseal, defaults"],
    [bench, "cookie-session", "default"],
  ];
  const rows = [];
  for (const [folder, from, what] of entries) {
    const bytes = await bundleSize(`export { ${what} } from "${from}"`, folder);
    rows.push({ from, what: `\`${what}\``, "bytes, gzipped": bytes.toLocaleString("en") });
  }
  return { title: "Bundles, minified and gzipped", rows };
}

function heap() {
  const rows = Object.keys(HELD).map((kind) => {
    progress(`held sessions: ${kind}`);
    const { bytes } = run("--expose-gc", HOLDING, kind, String(HELD_SESSIONS));
    return { library: kind, "bytes on the heap": Math.round(bytes).toLocaleString("en") };
  });
  return { title: "A session that is held, with 700 bytes of data", rows };
}

const packages = ["iron-session", "iron-webcrypto", "@hapi/iron", "jose", "next-auth", "@fastify/secure-session"];
const tables = [await startUp(), heap(), await bundles(), await onTheWire()];
printTables(tables, json, [...packages, "fastify", "cookie-session"]);
