import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findService, SERVICES } from "../../scripts/lib/services.mjs";
import { formatVector, readKit } from "./kit.mjs";

/* The kit through a second reader, in another language, which knows the format from docs/format.md. */
const service = SERVICES.find(({ variable }) => variable === "PYTHON_PATH");
const python = service && findService(service);
const kit = readKit();

/** @returns the exit code, and what it said */
function read(...args: string[]): [code: number | null, said: string] {
  if (python === undefined) throw new Error("Python with cryptography was not found: put its path into PYTHON_PATH");
  const { status, stdout, stderr } = spawnSync(python, ["-B", path.join(import.meta.dirname, "run.py"), ...args], {
    encoding: "utf8",
  });
  return [status, stdout + stderr];
}

test("everything comes out as the files say", () => {
  expect(read()).toEqual([0, `${kit.length} of ${kit.length} as expected\n`]);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sealed-session-kit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file of the kit with another body or other headers. */
function write(name: string, change: Record<string, string>): void {
  const { path: _, body, ...headers } = kit.find((vector) => vector.path === name) ?? {};
  const changed = { ...headers, ...change };
  const { body: newBody = body ?? "", ...rest } = changed as Record<string, string>;
  writeFileSync(path.join(folder, `${name.replace("/", "-")}.txt`), formatVector({ headers: rest, body: newBody }));
}

test("the reader itself tells a difference: in what opens, in what it opens as, in why it does not", () => {
  write("tokens/tampered-mac-zeros", { expect: "malformed" });
  write("tokens/open-ascii", { plaintext: '"another text"' });
  write("sessions/open-user", { deadline: "1767229200001" });
  write("secrets/open-plain", { kid: "0000000000" });
  cpSync(path.join(import.meta.dirname, "kit/tokens/open-null.txt"), path.join(folder, "open-null.txt"));
  const [code, said] = read(folder);
  expect(code).toBe(1);
  expect(said.split("\n")).toEqual([
    expect.stringContaining("secrets-open-plain.txt"),
    expect.stringContaining("sessions-open-user.txt"),
    expect.stringContaining("tokens-open-ascii.txt"),
    expect.stringContaining('tokens-tampered-mac-zeros.txt: {"expect": "tampered"}, not {"expect": "malformed"}'),
    "1 of 5 as expected",
    "",
  ]);
});

test("no files are no success", () => {
  expect(read(folder)).toEqual([1, "0 of 0 as expected\n"]);
});
