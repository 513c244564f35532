/*
 * One library in a process of its own: how long its import takes, in ms, and then its first token, set-up included.
 * Arguments: a name of RECIPES, a secret, a token.
 */
import { RECIPES } from "./recipes.mjs";

const [name, secret, token] = process.argv.slice(2);
const { imports, start } = RECIPES[name];

const begun = performance.now();
const modules = [];
for (const each of imports) modules.push(await import(each));
const imported = performance.now();
const { open } = await start(modules, secret);
const data = await open(token);
const opened = performance.now();

if (data?.user === undefined) throw new Error(`${name} did not open its token`);
console.log(JSON.stringify({ import: imported - begun, first: opened - imported }));
process.exit();
