/**
 * Sealing and opening tokens, beside the peers. Cold: a different token each time; warm: the same one again.
 * Usage: npm ci --prefix bench --ignore-scripts, once; node bench/seal-open.mjs [--json] [--quick]
 */
import { parseArgs } from "node:util";
import { contest } from "./lib/contest.mjs";
import { payload, peers } from "./lib/peers.mjs";
import { print } from "./lib/report.mjs";

const { values } = parseArgs({ options: { json: { type: "boolean" }, quick: { type: "boolean" } } });
const speed = values.quick ? { rounds: 2, ms: 5 } : {};
/** More than any cache of ours holds. */
const TOKENS = values.quick ? 50 : 2_500;

const rows = [];
for (const bytes of [100, 700, 2_000]) {
  const data = payload(bytes);
  const contestants = peers();
  const tokens = [];
  for (const peer of contestants) {
    const own = [];
    for (let i = 0; i < TOKENS; i++) own.push(await peer.seal({ ...data, i }));
    tokens.push(own);
  }
  const kinds = {
    "seal, µs": contestants.map(({ name, seal }) => ({ name, run: (turn) => seal({ ...data, turn }) })),
    "open cold, µs": contestants.map(({ name, open }, at) => ({
      name,
      run: (turn) => open(tokens[at][turn % TOKENS]),
    })),
    "open warm, µs": contestants.map(({ name, open }, at) => ({ name, run: () => open(tokens[at][0]) })),
  };
  const found = contestants.map(({ name }) => ({ library: name, bytes: JSON.stringify(data).length }));
  for (const [kind, entrants] of Object.entries(kinds)) {
    for (const [at, { median, spread }] of (await contest(entrants, speed)).entries()) {
      found[at][kind] = `${median.toFixed(1)} ± ${(spread / 2).toFixed(1)}`;
    }
  }
  rows.push(...found);
}
print(rows, values.json);
