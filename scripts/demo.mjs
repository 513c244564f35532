/** npm run demo: builds the package and the example app where needed, and serves it on http://localhost:3000. */
import { spawn } from "node:child_process";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { buildIfStale, sources } from "./lib/build.mjs";
import { install } from "./lib/install.mjs";
import { bin, must, root } from "./lib/run.mjs";
import { isStale } from "./lib/stale.mjs";

const app = path.join(root, "examples/next");
const port = Number(process.env.PORT ?? 3000);
// Plain http: the development form of the cookie, which every browser keeps on localhost.
const buildEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", DEMO_HTTP: "1" };
const env = {
  ...buildEnv,
  // Both beside the build, where a change of them makes no new build necessary, and git never looks.
  SESSION_KEYRING_FILE: process.env.SESSION_KEYRING_FILE || path.join(app, ".next/keyring.json"),
  SESSION_DB: process.env.SESSION_DB || path.join(app, ".next/sessions.db"),
};

/** "localhost" is 127.0.0.1 for one program and ::1 for the next. */
const isTaken = async () => (await Promise.all(["127.0.0.1", "::1"].map(answers))).includes(true);

const answers = (host) =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`PORT is no port number: ${process.env.PORT}`);
if (await isTaken())
  fail(`Port ${port} is taken. Choose another: PORT=${port === 65535 ? 3000 : port + 1} npm run demo`);

await install();
await buildIfStale();
// Next's own BUILD_ID is there before a build has succeeded.
const marker = path.join(app, ".next/demo-is-built");
if (isStale(marker, [app, ...sources])) {
  console.log("Building the demo …");
  const started = new Date();
  await must("The demo's build", bin("next"), ["build"], { cwd: app, env: buildEnv });
  writeFileSync(marker, "");
  utimesSync(marker, started, started);
}

if (!existsSync(env.SESSION_KEYRING_FILE)) {
  // Short, so that one can watch a new key take over; the rest of the policy is what a shop would have.
  const policy = ["--propagation", "20s", "--skew", "5s", "--absolute-timeout", "30d"];
  const init = ["keys", "init", "--file", env.SESSION_KEYRING_FILE, ...policy];
  await must("The key ring", process.execPath, [path.join(root, "dist/cli/main.js"), ...init]);
}

const next = path.join(root, "node_modules/next/dist/bin/next");
const server = spawn(process.execPath, [next, "start", "--hostname", "localhost", "--port", String(port)], {
  cwd: app,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});

let stopping = false;
function stop(signal) {
  stopping = true;
  server.kill(signal);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));
// A SIGTERM for npm ends npm and its shell, and nobody tells us: the server would keep the port.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop("SIGTERM");
}, 500).unref();
server.on("exit", (code) => process.exit(stopping ? 0 : (code ?? 1)));

let announced = false;
server.stdout.on("data", (data) => {
  process.stdout.write(data);
  if (announced || !String(data).includes("Ready")) return;
  announced = true;
  console.log(`\n  The demo runs on http://localhost:${port}\n  Ctrl-C stops it.\n`);
});
