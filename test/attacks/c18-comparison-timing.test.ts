import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { sealData, unsealData } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { isWebCrypto } from "../properties/arbitraries.js";
import { SECRET } from "../support/sessions.js";
import { withBytes } from "./support/tampering.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C18. A comparison that stops at the first byte that differs tells a forger, by the time it takes, how many were right:
 * cookie-signature compared its tags with `==` (GHSA-92vm-wfm5-mxvv). Nothing is measured here. MACs are compared by the
 * platform's constant-time functions and nothing else, and the linter refuses what would compare them otherwise.
 */
const ROOT = path.resolve(import.meta.dirname, "../..");

describe("the linter", () => {
  /** What the repository's own rules say of a file in src/seal. */
  function lint(source: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), "lint-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const config = JSON.parse(readFileSync(path.join(ROOT, ".oxlintrc.json"), "utf8")) as Record<string, unknown>;
    // Type-aware rules need the whole project.
    writeFileSync(path.join(folder, ".oxlintrc.json"), JSON.stringify({ ...config, $schema: undefined, options: {} }));
    mkdirSync(path.join(folder, "src/seal"), { recursive: true });
    cpSync(path.join(ROOT, "scripts/lint-rules.mjs"), path.join(folder, "scripts/lint-rules.mjs"), { recursive: true });
    writeFileSync(path.join(folder, "src/seal/compare.ts"), source);
    const bin = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
    try {
      return execFileSync(process.execPath, [bin, "--quiet"], { cwd: folder, encoding: "utf8" });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }
  /** A function for each condition. */
  const comparing = (conditions: readonly string[]): string =>
    conditions
      .map(
        (condition, at) =>
          `export const compare${at} = (mac: string, given: { mac: string; expectedMac?: string; tag: string }): boolean => ${condition};\n`,
      )
      .join("");
  const complaints = (report: string): number => report.split("Compare in constant time").length - 1;

  test("refuses each way to compare a MAC by an operator", () => {
    const conditions = [
      ...["mac === given.mac", "mac !== given.tag", "given.mac == mac", "given.tag != mac"],
      ...["given.expectedMac === mac", 'given["mac"] === mac', 'mac === "AAAA"'],
    ];
    expect(complaints(lint(comparing(conditions)))).toBe(conditions.length);
  });

  test("takes what compares no bytes", () => {
    const conditions = ["mac === undefined", "mac.length === given.mac.length", "given.expectedMac !== undefined"];
    expect(complaints(lint(comparing(conditions)))).toBe(0);
  });
});

/** Counts the calls of the platform's own comparison until the test ends. */
function watchComparison(): { calls: number } {
  const watch = { calls: 0 };
  if (isWebCrypto) {
    const { prototype } = globalThis.SubtleCrypto;
    const { verify } = prototype;
    prototype.verify = function (...inputs) {
      watch.calls++;
      return verify.apply(this, inputs);
    };
    onTestFinished(() => void (prototype.verify = verify));
  } else {
    const { timingSafeEqual } = crypto;
    const replaceWith = (compare: typeof timingSafeEqual): void => {
      crypto.timingSafeEqual = compare;
      // Else who imported it by its name keeps the old one.
      syncBuiltinESMExports();
    };
    replaceWith((one, other) => {
      watch.calls++;
      return timingSafeEqual(one, other);
    });
    onTestFinished(() => replaceWith(timingSafeEqual));
  }
  return watch;
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("every MAC that is looked at, right or wrong in its first byte or its last, is compared by the platform", async () => {
    const { ask, browser, send, token, cookie } = await attack(start);
    const watch = watchComparison();
    await ask(browser, "/");
    expect(watch.calls).toBe(1);
    for (const at of [0, 15, 31]) {
      const forged = withBytes(token, "mac", (mac) =>
        Buffer.from(mac.map((byte, place) => (place === at ? byte ^ 1 : byte))),
      );
      watch.calls = 0;
      expect((await send([`${cookie}=${forged}`])).json).toMatchObject({ ...NOBODY, rejection: "tampered" });
      expect(watch.calls).toBe(1);
    }
  });
});

test("so it is in the drop-in for iron-session", async () => {
  const seal = await sealData({ user: 42 }, { password: SECRET });
  const watch = watchComparison();
  expect(
    await unsealData(
      withBytes(seal.replace("~2", ""), "mac", (mac) => mac.fill(0)),
      { password: SECRET },
    ),
  ).toEqual({});
  expect(watch.calls).toBe(1);
  expect(await unsealData(seal, { password: SECRET })).toEqual({ user: 42 });
  expect(watch.calls).toBe(2);
});
