/**
 * npm run check:speed: what sealing and opening cost beside the bare primitives, in one process and taking turns. Fails
 * when it is twice what it was when this was written; a time would say more of the machine than of the code.
 */
import { contest } from "../bench/lib/contest.mjs";
import { floor } from "../bench/lib/floor.mjs";
import { payload } from "../bench/lib/payload.mjs";
import { createSealer } from "../dist/index.js";

/** How many times the primitives' cost. */
const USUAL = { seal: 1.4, open: 1.4 };
const LIMIT = 2;
/** One bad moment of the machine is no slower code. */
const ATTEMPTS = 3;

const sealer = createSealer({ keyring: "a secret of the bench: KcR7wX2nQ9vB4mZ8", purpose: "speed" });
const ours = { seal: (data) => sealer.seal(data, { ttl: "1h" }), open: (token) => sealer.open(token) };

async function measure() {
  const rows = [];
  for (const bytes of [100, 700, 2_000]) {
    const data = payload(bytes);
    const sides = [ours, floor()];
    const tokens = await Promise.all(sides.map(async (side) => side.seal(data)));
    for (const verb of ["seal", "open"]) {
      const entrants = sides.map((side, at) => ({
        name: String(at),
        run: () => side[verb](verb === "seal" ? data : tokens[at]),
      }));
      const [own, bare] = await contest(entrants, { rounds: 15, ms: 10 });
      rows.push({ verb, bytes, times: Number((own.median / bare.median).toFixed(2)), limit: USUAL[verb] * LIMIT });
    }
  }
  return rows;
}

let rows = await measure();
for (let attempt = 1; attempt < ATTEMPTS && rows.some(isSlow); attempt++) rows = await measure();
console.table(rows);
if (rows.some(isSlow)) {
  console.log("Sealing or opening has become much slower beside the primitives: node bench/seal-open.mjs shows more.");
  process.exitCode = 1;
}

function isSlow({ times, limit }) {
  return times > limit;
}
