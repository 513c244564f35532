import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APPLICATIONS, serve } from "./applications.mjs";

/** What is typed, the same for each application. `$app` is its address. */
const COMMANDS = [
  "curl -c jar -d user=ada $app/sign-in",
  "cp jar copy   # as a log or an extension may",
  "curl -b jar -c jar -d '' $app/sign-out",
  "curl -b copy -w ' (%{http_code})' $app",
];

/**
 * Runs the commands against each application, as a shell does.
 * @returns {Promise<{ title: string, lines: { command: string, output: string }[] }[]>}
 */
export async function play() {
  const panes = [];
  for (const { title, open } of APPLICATIONS) {
    const { address, close } = await serve(open);
    const folder = mkdtempSync(path.join(tmpdir(), "picture-"));
    const lines = [];
    for (const command of COMMANDS) lines.push({ command, output: await shell(command, folder, address) });
    rmSync(folder, { recursive: true });
    await close();
    panes.push({ title, lines });
  }
  return panes;
}

/** @throws with what the command said when it fails */
function shell(command, cwd, app) {
  // Proxies are for other hosts than this one.
  const env = { PATH: process.env["PATH"], app, NO_PROXY: "*" };
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", command], { cwd, env }, (error, stdout) => (error ? reject(error) : resolve(stdout.trim())));
  });
}
