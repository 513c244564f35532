import { execFile } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import nodePath from "node:path";
import { fileURLToPath } from "node:url";
import { keyringFile, type KeyringFileOptions } from "sealed-session/keyring/file";
import { expect, onTestFinished } from "vitest";
import { formatRingFile } from "../../../dist/keyring/file/document.js";
import type { RingDocument } from "../../../dist/keyring/rotation/document.js";
import { SECRET, testManager } from "../../support/sessions.js";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const HOUR = 3_600_000;

const SECRETS: Readonly<Record<string, string>> = {
  k1: SECRET,
  k2: "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo",
  k3: "Yh2QmC8vRk5TzL0wXn7BsJ4dFp1GuEa9VoKi6TyN",
};

type KeyDraft = Partial<RingDocument["keys"][number]>;

/** A ring's document. Keys by id; each is active since 2025, the later ones an hour later, unless said otherwise. */
export function ringDocument(
  keys: Readonly<Record<string, KeyDraft>> = { k1: {} },
  parts: Partial<Omit<RingDocument, "policy" | "keys">> & { readonly policy?: Partial<RingDocument["policy"]> } = {},
): RingDocument {
  const start = Date.UTC(2025, 0, 1);
  return {
    ringId: "ring1",
    revision: 1,
    ...parts,
    policy: { propagation: HOUR, absoluteTimeout: 720 * HOUR, skew: 300_000, ...parts.policy },
    keys: Object.entries(keys).map(([id, draft], index) => {
      const activateAt = start + index * HOUR;
      return { id, secret: SECRETS[id] as string, createdAt: activateAt, activateAt, ...draft };
    }),
  };
}

export function ringText(document: RingDocument): string {
  return formatRingFile({ document, audit: undefined });
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(nodePath.join(tmpdir(), "ring-watch-")));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Replaces the file in one step, as the command line does. */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  fs.writeFileSync(`${path}.draft`, text, { mode });
  fs.renameSync(`${path}.draft`, path);
}

export function writeRing(path: string, document: RingDocument): void {
  replaceFile(path, ringText(document));
}

/**
 * A ring file and what is told about it. The timer looks once an hour unless said otherwise: what is found, a
 * notification told.
 */
export function followed(path: string, options: KeyringFileOptions = {}) {
  const errors: string[] = [];
  const revisions: (number | undefined)[] = [];
  const ring = keyringFile(path, {
    interval: "1h",
    onChange: ({ revision }) => void revisions.push(revision),
    onError: (error) => void errors.push(error.message),
    ...options,
  });
  return { ring, errors, revisions };
}

/** A ring file in a folder of its own, a manager that uses it, and what is told about it. */
export async function application(document = ringDocument(), options: KeyringFileOptions = {}) {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  writeRing(path, document);
  const follower = followed(path, options);
  const { sessions } = testManager({ keyring: follower.ring, clock: Date.now });
  await sessions.ready();
  const sealing = async (): Promise<string | undefined> =>
    (await sessions.keys()).find(({ state }) => state === "active")?.id;
  const newest = async (): Promise<string | undefined> => (await sessions.keys())[0]?.id;
  return { path, ...follower, sessions, sealing, newest };
}

/** Waits for what is to be true soon: the machine may be busy. */
export function eventually<T>(get: () => T, message = ""): ReturnType<typeof expect.poll<T>> {
  return expect.poll(get, { timeout: 15_000, interval: 20, message });
}

/** Runs the real command line. */
export function cli(args: readonly string[], input = ""): Promise<{ code: number; out: string; words: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [nodePath.join(ROOT, "dist/cli/main.js"), "keys", ...args],
      { env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" } },
      (error, out, words) => resolve({ code: error ? Number(error.code) : 0, out, words }),
    );
    child.stdin?.end(input);
  });
}

/** Runs a program that imports the package; `path` is there as a constant. */
export function runProgram(
  path: string,
  code: string,
): Promise<{ code: unknown; signal: unknown; out: string; words: string }> {
  const program = `
    import { createSessionManager, createSealer } from "sealed-session";
    import { keyringFile } from "sealed-session/keyring/file";
    const path = ${JSON.stringify(path)};
    ${code}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { cwd: ROOT, timeout: 20_000, env: { ...process.env, NODE_OPTIONS: "" } },
      (error, out, words) => resolve({ code: error?.code ?? 0, signal: error?.signal ?? undefined, out, words }),
    );
  });
}

/** Sees every opening of a file by this process, and can stand in for it, until the test ends. */
export function watchOpens(path: string): { count: number; instead: ((open: () => number) => number) | undefined } {
  const original = fs.openSync;
  const seen: ReturnType<typeof watchOpens> = { count: 0, instead: undefined };
  fs.openSync = (...args: Parameters<typeof fs.openSync>) => {
    if (args[0] !== path) return original(...args);
    seen.count++;
    return seen.instead ? seen.instead(() => original(...args)) : original(...args);
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.openSync = original;
    syncBuiltinESMExports();
  });
  return seen;
}
