import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Browser, copyOf } from "../../support/sessions.js";
import { withMaxAge } from "../../support/set-cookie.js";
import { commandWith, pageFiles, ROOT, withMoment } from "./page.js";

const SERVE = path.join(import.meta.dirname, "serve.mjs");

/** What the applications find in their environment. */
export const ENVIRONMENT = {
  SESSION_KEYRING: "q8ZbT2vXw0Ls5Rk7Yd1Hn4Gf9Jc3Mp6EuQaKiWoB",
  SESSION_PASSWORD: "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x",
  COOKIE_KEY: "cookie-session-key-Zr8s1Yt5wBnE7uHcLp",
  SESSION_SECRET: "express-session-secret-Zr8s1Yt5wBnE7u",
  NEXTAUTH_SECRET: "next-auth-secret-Zr8s1Yt5wBnE7uHcLpGd",
  NEXTAUTH_URL: "https://shop.example",
  SECURE_SESSION_KEY: "5b1f0c8e7d6a493827165f4e3d2c1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a0",
} as const;

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly setCookies: readonly string[];
}

/** A running application. */
export interface App {
  /** @param form posted, when it is given */
  ask(browser: Browser, path: string, method?: "GET" | "POST", form?: Record<string, string>): Promise<Answer>;
}

/** A project that follows the page: a folder with its files, in which its list of sign-outs has been begun. */
export interface Workshop {
  readonly folder: string;
  write(file: string, code: string): void;
  /** @param file a module that exports `app` @param env what its environment has otherwise */
  start(file: string, env?: Readonly<Record<string, string>>): Promise<App>;
}

/** Inside the repository, where the packages are found. It goes when the test ends, and so do its servers. */
export function workshop(): Workshop {
  mkdirSync(path.join(ROOT, "test-results"), { recursive: true });
  const folder = mkdtempSync(path.join(ROOT, "test-results/migration-"));
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(children.map(stop));
    rmSync(folder, { recursive: true, force: true });
  });
  let moment = "";
  const write = (file: string, code: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), moment === "" ? code : withMoment(code, moment));
  };
  for (const [file, code] of pageFiles) write(file, code);
  moment = execFileSync("sh", ["-ec", commandWith("begin.mjs")], { cwd: folder, encoding: "utf8" }).trim();
  for (const [file, code] of pageFiles) write(file, code);
  return {
    folder,
    write,
    async start(file, env = {}) {
      const child = fork(SERVE, [path.join(folder, file)], {
        cwd: folder,
        execArgv: [],
        stdio: ["ignore", "inherit", "pipe", "ipc"],
        env: { ...process.env, ...ENVIRONMENT, ...env },
      });
      children.push(child);
      let complaint = "";
      child.stderr?.on("data", (text) => (complaint += text));
      const port = await new Promise<number>((resolve, reject) => {
        child.once("message", (message) => resolve((message as { port: number }).port));
        child.once("close", (code) => reject(new Error(`${file}: the application ended with ${code}: ${complaint}`)));
      });
      return { ask: (...request) => ask(port, ...request) };
    },
  };
}

async function ask(port: number, ...[browser, url, method, form]: Parameters<App["ask"]>): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${url}`, {
    method: method ?? "GET",
    headers: { cookie: browser.header },
    redirect: "manual",
    ...(form && { body: new URLSearchParams(form) }),
  });
  const setCookies = response.headers.getSetCookie().map(withMaxAge);
  browser.store(setCookies);
  const text = await response.text();
  const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, json, setCookies };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
}

/** Asserts who an application takes a browser for. */
export async function expectUser(app: App, browser: Browser, user: string | null, hint?: string): Promise<void> {
  const { status, json } = await app.ask(copyOf(browser), "/");
  expect([status, json["user"]], hint).toEqual([200, user]);
}
