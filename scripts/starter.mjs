/** npm run starter fastify: installs and builds what is missing, and runs a starter of examples/. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { buildIfStale } from "./lib/build.mjs";
import { install, installFolder } from "./lib/install.mjs";
import { root } from "./lib/run.mjs";

const examples = path.join(root, "examples");
const manifestOf = (name) => JSON.parse(readFileSync(path.join(examples, name, "package.json"), "utf8"));
const starters = readdirSync(examples).filter(
  (name) => existsSync(path.join(examples, name, "package.json")) && manifestOf(name).name.includes("-starter-"),
);

const [name] = process.argv.slice(2);
if (!starters.includes(name)) {
  console.error(`Which one? npm run starter ${starters.join(" | ")}`);
  process.exit(2);
}
const { engines } = manifestOf(name);
const needed = Number(/\d+/.exec(engines?.node ?? "0")?.[0]);
if (Number.parseInt(process.versions.node, 10) < needed) {
  console.error(`${name} needs Node ${needed} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

await install();
await buildIfStale();
const folder = path.join(examples, name);
// One that is no workspace has packages of its own.
if (existsSync(path.join(folder, "package-lock.json"))) await installFolder(folder, "what it needs");

const starter = spawn("npm", ["start"], { cwd: folder, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => starter.kill(signal));
starter.on("exit", (code) => process.exit(code ?? 0));
