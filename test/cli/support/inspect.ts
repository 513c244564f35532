import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createKeyring, createSessionManager, type KeyringOptions, type Session } from "sealed-session";
import { onTestFinished, vi } from "vitest";
import { formatRingText } from "../../../dist/keyring/text.js";
import { formatSecret } from "../../../dist/keyring/secret.js";
import { play } from "../../support/play.js";
import { Browser, fixedClock } from "../../support/sessions.js";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** Most of these tests start several processes, next to those of other files. */
vi.setConfig({ testTimeout: 60_000 });

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What `inspect --json` prints. */
export interface Inspected {
  readonly form: string;
  readonly bytes: number;
  readonly ring: Record<string, unknown> | null;
  readonly accepted: boolean | null;
  readonly findings: readonly FindingJson[];
  readonly removed: readonly string[];
  readonly others: readonly string[];
}

interface FindingJson {
  readonly kind: string;
  readonly name?: string;
  readonly cookies: readonly { readonly name: string; readonly bytes: number }[];
  readonly problem?: string;
  readonly key?: { readonly id: string; readonly state?: string };
  readonly claimed?: { readonly until: string | null; readonly renewedAt?: string; readonly verified: false };
  readonly verdict: string;
  readonly reason?: string;
  readonly remark?: string;
  readonly session?: Record<string, unknown>;
  readonly expiry?: string;
  readonly dataBytes?: number;
  readonly data?: unknown;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder for one test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "inspect-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs the command line as a process of its own, with nothing in its environment but what is given. */
export async function run(
  args: readonly string[],
  input = "",
  { env = {}, cwd }: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: cwd ?? (await emptyFolder()),
    env: { PATH: process.env["PATH"], ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (piece: string) => (output[name] += piece));
  }
  // Whoever refuses the arguments does not read.
  child.stdin.on("error", () => undefined).end(input);
  const [code] = (await once(child, "close")) as [number];
  return { code, ...output };
}

/** What `inspect --json` says, verified with a ring in the environment. */
export async function inspectJson(input: string, ring?: string, args: readonly string[] = []): Promise<Inspected> {
  const env = ring === undefined ? {} : { SESSION_KEYRING: ring };
  const { code, stdout, stderr } = await run(["inspect", "--json", ...args], input, { env });
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Inspected;
}

/** A secret of the ring's form, the same for one number. */
export function ringSecret(number: number): string {
  return formatSecret(Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + number * 101 + 11) % 256));
}

type Keys = KeyringOptions["keys"];

const POLICY = { propagation: "1m", absoluteTimeout: "2d", skew: "5m" } as const;

/** A ring with a short policy. */
export function ringOf(keys: Keys): KeyringOptions {
  return { ringId: "testring", revision: 3, policy: POLICY, keys };
}

/** The ring as `SESSION_KEYRING` holds it. */
export function ringText(keys: Keys): string {
  return formatRingText(ringOf(keys));
}

/** One browser's sessions with a manager named `app`, by a clock that begins so long ago. */
export function application(keys: Keys, ago: number, options: { readonly name?: string } = {}) {
  const clock = fixedClock(Date.now() - ago);
  const manager = (ring: Keys) =>
    createSessionManager<Record<string, unknown>>({
      name: options.name ?? "app",
      keyring: createKeyring(ringOf(ring)),
      clock: clock.now,
      idleTimeout: "2h",
      absoluteTimeout: "1d",
    });
  const browser = new Browser();
  const sessions = manager(keys);
  const visit = (work: (session: Session<Record<string, unknown>>) => unknown, ring?: Keys) =>
    play(ring ? manager(ring) : sessions, browser, work);
  return { browser, clock, visit };
}

/** One key that has been sealing for 30 days. */
export function oneKey(): Keys {
  return [{ id: "k1", secret: ringSecret(1), activateAt: Date.now() - 30 * DAY }];
}

/** A user who signed in an hour ago and was renewed half an hour ago. */
export async function signedIn() {
  const keys = oneKey();
  const app = application(keys, HOUR);
  const issuedAt = app.clock.now();
  let sid = "";
  await app.visit(async (session) => {
    session.data["cart"] = ["private-thing"];
    await session.login("ada");
    sid = session.id;
  });
  app.clock.advance(31 * MINUTE);
  await app.visit((session) => session.save());
  return { ...app, keys, ring: ringText(keys), issuedAt, renewedAt: app.clock.now(), sid };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
