/**
 * Sealing and opening tokens through each library's public functions, beside the peers and beside the bare primitives.
 * Cold: a different token each time; warm: the same one again.
 *
 * node bench/seal-open.mjs [--json] [--quick]
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { contest } from "./lib/contest.mjs";
import { readOptions } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { peers } from "./lib/peers.mjs";
import { printTables, withSpread } from "./lib/report.mjs";

const values = readOptions(import.meta.url, { web: { type: "boolean" } });
const speed = values.quick ? { rounds: 2, ms: 5 } : {};
/** More than any cache of ours holds. */
const TOKENS = values.quick ? 50 : 2_500;
/** Whom our WebCrypto cipher is compared with: who has no other. */
const ON_WEBCRYPTO = /^(sealed-session(\/iron-session)?|iron-session 9)$/;

const rows = [];
for (const bytes of [100, 700, 2_000]) {
  const data = payload(bytes);
  const contestants = peers().filter(({ name }) => !values.web || ON_WEBCRYPTO.test(name));
  const tokens = [];
  for (const peer of contestants) {
    const own = [];
    for (let i = 0; i < TOKENS; i++) own.push(await peer.seal({ ...data, i }));
    const opened = await peer.open(own[3]);
    if ((opened.payload ?? opened).i !== 3) throw new Error(`${peer.name} does not open what it sealed`);
    tokens.push(own);
  }
  const kinds = {
    "seal, µs":
      ({ seal }) =>
      (turn) =>
        seal({ ...data, turn }),
    "open cold, µs":
      ({ open }, at) =>
      (turn) =>
        open(tokens[at][turn % TOKENS]),
    "open warm, µs":
      ({ open }, at) =>
      () =>
        open(tokens[at][0]),
  };
  const found = contestants.map(({ name }) => ({ library: name, bytes: JSON.stringify(data).length }));
  for (const [kind, of] of Object.entries(kinds)) {
    const entrants = contestants.map((peer, at) => ({ name: peer.name, run: of(peer, at) }));
    for (const [at, result] of (await contest(entrants, speed)).entries()) found[at][kind] = withSpread(result);
  }
  rows.push(...found);
}

const tables = [{ title: "node:crypto where a library uses it", rows }];
// Another condition of the package's imports needs another process.
if (!values.web) tables.push({ title: "WebCrypto, as edge runtimes have it, on Node", rows: await onWebCrypto() });
printTables(tables, values.json);

async function onWebCrypto() {
  const args = ["--conditions=edge-light", fileURLToPath(import.meta.url), "--web", "--json"];
  if (values.quick) args.push("--quick");
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout).tables[0].rows;
}
