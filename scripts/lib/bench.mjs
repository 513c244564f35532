import { spawn } from "node:child_process";
import { root } from "./run.mjs";

/**
 * Runs one bench in a process of its own. What it says of its progress goes through.
 *
 * @param {string} name of a file in bench/
 * @returns {Promise<import("../../bench/lib/report.mjs").Report | undefined>} nothing when it failed
 */
export async function runBench(name, { quick, env, log }) {
  const args = [`bench/${name}.mjs`, "--json", ...(quick ? ["--quick"] : [])];
  const { code, output } = await outputOf(args, env);
  if (code !== 0) {
    log(`node ${args.join(" ")} ended with ${code}.`);
    return undefined;
  }
  const problem = problemOf(output);
  if (problem) log(`node ${args.join(" ")} ${problem}:\n${output.slice(0, 2_000)}`);
  return problem ? undefined : JSON.parse(output);
}

function outputOf(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
    const output = [];
    child.stdout.on("data", (data) => output.push(data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}

/** A bench that ends well and prints nothing has not run either. */
function problemOf(output) {
  try {
    const { tables } = JSON.parse(output);
    if (!Array.isArray(tables) || tables.length === 0) return "printed no tables";
    return tables.every(({ rows }) => rows?.length > 0) ? undefined : "printed an empty table";
  } catch {
    return "printed no JSON";
  }
}
