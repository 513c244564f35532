import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../../scripts/lib/run.mjs";
import { freePort } from "../../support/free-port.mjs";
import { newBrowser } from "../conformance/browser.mjs";
import { equal } from "../conformance/expect.mjs";
import { bundle } from "./consumer.mjs";
import { serveWorker, startProgram } from "./run-task.mjs";

const SESSION_KEYRING = "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q";

/** Writes a code block of docs/runtimes.md into the consumer, as the file that its first line names. */
export function writeRecipe(consumer, file) {
  const page = readFileSync(path.join(root, "docs/runtimes.md"), "utf8");
  const start = page.indexOf(`\`\`\`ts\n// ${file}\n`);
  if (start < 0) throw new Error(`docs/runtimes.md has no code block ${file}`);
  consumer.write(file, page.slice(start + "```ts\n".length, page.indexOf("\n```\n", start)));
}

/** Starts a program on a free port, and waits until it answers. */
async function serveProgram(consumer, { program }, argsFor) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const environment = { PORT: String(port), SESSION_KEYRING };
  const { isRunning, output, stop } = startProgram(consumer, program, argsFor(port), environment);
  while (isRunning()) {
    if (await fetch(url).catch(() => undefined)) return { url, stop };
    await sleep(50);
  }
  throw new Error(`it ended:\n${output()}`);
}

/** How the recipes say to run them; Deno without leave to load anything from the network. */
const SERVERS = {
  bun: (consumer, runtime) => serveProgram(consumer, runtime, () => ["--no-install", "run", "bun.ts"]),
  deno: (consumer, runtime) =>
    serveProgram(consumer, runtime, (port) => [
      ...["serve", "--no-prompt", "--no-remote", "--node-modules-dir=manual", "--allow-env=SESSION_KEYRING"],
      ...["--host=127.0.0.1", `--port=${port}`, "deno.ts"],
    ]),
  async workerd(consumer, runtime) {
    const { file } = await bundle(consumer, "worker.ts", "workerd");
    return serveWorker(consumer, runtime, file, { SESSION_KEYRING });
  },
};

const FILES = { bun: "bun.ts", deno: "deno.ts", workerd: "worker.ts" };

export const hasRecipe = ({ id }) => id in FILES;

/** Serves a runtime's recipe in it, and signs in and out over the socket. @throws unless it does what it should */
export async function serveRecipe(consumer, runtime) {
  writeRecipe(consumer, FILES[runtime.id]);
  const server = await SERVERS[runtime.id](consumer, runtime);
  try {
    await visitRecipe(server.url);
  } finally {
    await server.stop();
  }
}

async function visitRecipe(url) {
  const ask = async (browser, file = "", method = "GET") => {
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(new URL(file, url), { method, headers: { cookie: browser.header() }, signal });
    browser.store(response.headers.getSetCookie());
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /${file} is answered ${response.status}: ${text}`);
    return { ...JSON.parse(text), headers: response.headers };
  };
  // All of them the first ones: what is made once is made by one request, and the others wait for it.
  const first = await Promise.all(Array.from({ length: 20 }, () => ask(newBrowser())));
  for (const { user, headers } of first) equal([user, headers.getSetCookie()], [null, []], "a visitor");

  const browser = newBrowser();
  await ask(browser, "sign-in", "POST");
  equal([...browser.cookies.keys()], ["__Host-app"], "the cookies");
  const home = await ask(browser);
  equal([home.user, home.headers.get("cache-control"), home.headers.getSetCookie()], ["ada", "private, no-store", []]);
  const stolen = newBrowser(browser.header());
  const parallel = await Promise.all(Array.from({ length: 20 }, () => ask(browser)));
  equal([...new Set(parallel.map(({ user }) => user))], ["ada"], "who is signed in");
  await ask(browser, "sign-out", "POST");
  equal([browser.cookies.size, (await ask(stolen)).user], [0, null], "what is left, and what a copy opens");
}
