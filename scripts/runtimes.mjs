/**
 * npm run runtimes: the conformance suite in every runtime, each opening what all others sealed, as a table. Installs
 * the runtimes first where they are missing (test/runtimes/package.json has their versions).
 *
 *   --json    prints what was found, instead of the table
 *   --write   writes the table into docs/runtimes.md, when nothing failed
 *
 * Exits with 1 when anything failed, or a runtime is missing that this platform could have.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs, styleText } from "node:util";
import { newConsumer } from "../test/runtimes/matrix/consumer.mjs";
import { installRuntimes } from "../test/runtimes/matrix/install.mjs";
import { failuresOf, runMatrix } from "../test/runtimes/matrix/run-matrix.mjs";
import { isUsable, listRuntimes } from "../test/runtimes/matrix/runtimes.mjs";
import { markdownTable, textTable, withTable } from "../test/runtimes/matrix/table.mjs";
import { install } from "./lib/install.mjs";
import { must, root } from "./lib/run.mjs";

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (colour, text) => (colours ? styleText(colour, text) : text);
/** Beside the result, so that `--json` can be piped on. */
const log = (text) => console.error(text);

await install();
await must("The build", "npm", ["run", "--silent", "build"]);
await installRuntimes(log);

const runtimes = listRuntimes();
const consumer = await newConsumer();
const rows = await runMatrix(consumer, runtimes.filter(isUsable), log).finally(consumer.remove);
const failures = [
  ...runtimes.flatMap(({ title, missing }) => (missing === undefined ? [] : [`${title}: ${missing}`])),
  ...failuresOf(rows),
];

if (options.json) console.log(JSON.stringify({ rows, failures }, undefined, 2));
else {
  console.log(`\n${textTable(rows, paint)}`);
  for (const { title, unavailable } of runtimes) if (unavailable) console.log(`${title}: ${unavailable}`);
  for (const failure of failures) console.log(paint("red", failure));
}
if (failures.length > 0) process.exitCode = 1;
else if (options.write) {
  const page = path.join(root, "docs/runtimes.md");
  const date = new Date().toISOString().slice(0, 10);
  const note = `Run on ${date}, ${process.platform} on ${process.arch}.`;
  writeFileSync(page, withTable(readFileSync(page, "utf8"), `${markdownTable(rows)}\n\n${note}`));
  log("Written into docs/runtimes.md.");
}
