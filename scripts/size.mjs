/**
 * What a bundle for an edge runtime loads of the package, minified and gzipped, against its budget. What an option
 * loads later, in a file of its own, is not counted.
 * Usage: node scripts/size.mjs [--json]
 */
import { bundleSize } from "./lib/bundle-size.mjs";
import { root } from "./lib/run.mjs";

/** In bytes, gzipped. */
const BUDGETS = [
  { what: "createSessionManager", from: "sealed-session", budget: 26_000 },
  { what: "createSealer", from: "sealed-session", budget: 10_000 },
  { what: "getIronSession, sealData, unsealData", from: "sealed-session/iron-session", budget: 8_000 },
];

const rows = [];
for (const { what, from, budget } of BUDGETS) {
  rows.push({ what, from, bytes: await bundleSize(`export { ${what} } from "${from}"`, root), budget });
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
const over = rows.filter(({ bytes, budget }) => bytes > budget);
for (const { what, bytes, budget } of over)
  console.error(`${what}: ${bytes} bytes, ${bytes - budget} above its budget`);
process.exitCode = over.length > 0 ? 1 : 0;
