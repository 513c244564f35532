/* Runs a bundled script in the edge runtime's VM, that of Next.js: `node edge.mjs task.json bundle.js`. */
import { readFileSync } from "node:fs";
import { EdgeVM } from "@edge-runtime/vm";

const [task, bundle] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const vm = new EdgeVM();
vm.evaluate(bundle);
console.log(JSON.stringify({ answer: JSON.parse(await vm.evaluate("performTask")(task)) }));
