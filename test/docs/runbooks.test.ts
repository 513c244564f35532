import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const clock = path.join(import.meta.dirname, "support/clock.mjs");
const cli = path.join(root, "dist/cli/main.js");
const DAY = 86_400_000;

/** What a runbook says, in order: commands, time that passes, a new start. */
type Step = { readonly run: string } | { readonly wait: number } | { readonly fresh: true };

function runbook(title: string): Step[] {
  const page = readFileSync(path.join(root, "docs/keys.md"), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith(`Runbook: ${title}\n`));
  if (section === undefined) throw new Error(`docs/keys.md has no runbook "${title}"`);
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$|<!-- clock: \+(\d+)d -->|<!-- (folder: new) -->/gm)].map(
    ([, run, days, fresh]): Step =>
      fresh ? { fresh: true } : run === undefined ? { wait: Number(days) * DAY } : { run },
  );
}

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "runbook-"));
  folders.push(made);
  return made;
}
afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true, force: true })));

/** An operator: a folder, a clock, and a PATH on which `npx` finds this package and a host's command line. */
class Operator {
  cwd = folder();
  offset = 0;
  env: Record<string, string> = {};
  readonly #bin = folder();
  readonly host = folder();

  constructor() {
    const npx = `#!/bin/sh
name=$1; shift
case $name in
  sealed-session) exec node --import '${clock}' '${cli}' "$@" ;;
  vercel) case "$1 $2" in
      "env rm") rm -f "$HOST/$3" ;;
      "env add") [ ! -e "$HOST/$3" ] && cat > "$HOST/$3" ;;
      "deploy --prod") cp "$HOST/SESSION_KEYRING" "$HOST/deployed" ;;
      *) exit 9 ;;
    esac ;;
  *) exit 9 ;;
esac
`;
    mkdirSync(this.#bin, { recursive: true });
    writeFileSync(path.join(this.#bin, "npx"), npx);
    chmodSync(path.join(this.#bin, "npx"), 0o755);
  }

  /** Runs lines as a shell would, up to the first that fails. Answers what a terminal would ask. */
  run(script: string): string {
    const answered = script.replaceAll(/^(npx sealed-session keys (?:revoke|rotate --emergency).*)$/gm, "$1 --yes");
    const env = {
      ...process.env,
      ...this.env,
      PATH: `${this.#bin}:${process.env["PATH"]}`,
      HOST: this.host,
      CLOCK_OFFSET: String(this.offset),
    };
    const { stdout, stderr, status } = spawnSync("sh", ["-ec", answered], { cwd: this.cwd, env, encoding: "utf8" });
    assert.equal(status, 0, `${answered}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  status(): { keys: { id: string; state: string; fingerprint?: string }[]; ringId: string; revision: number } {
    return JSON.parse(this.run("npx sealed-session keys status --json"));
  }

  states(): string[] {
    return this.status().keys.map(({ state }) => state);
  }
}

describe("docs/keys.md, step by step", { timeout: 60_000 }, () => {
  test("the routine rotation", () => {
    const operator = new Operator();
    operator.run("npx sealed-session keys init");
    operator.offset = 90 * DAY;
    const seen: string[] = [];
    for (const step of runbook("the routine rotation")) {
      if ("wait" in step) operator.offset += step.wait;
      if ("run" in step) {
        operator.run(step.run);
        seen.push(operator.states().join(" "));
      }
    }
    // status; rotate and plan; prune and audit; policy; rotate and deploy; prune, rotate and deploy
    expect(seen).toEqual([
      "active",
      "pending active",
      "active destroyed",
      "active destroyed",
      "pending active destroyed",
      "pending active destroyed destroyed",
    ]);
    const deployed = readFileSync(path.join(operator.host, "deployed"), "utf8");
    expect(deployed).toContain(`revision=${operator.status().revision}`);
    expect(operator.run("npx sealed-session keys audit")).toContain("The log is whole");
  });

  test("a key leaked", () => {
    const operator = new Operator();
    operator.run("npx sealed-session keys init && npx sealed-session keys rotate");
    operator.offset += DAY;
    for (const step of runbook("a key leaked")) {
      if (!("run" in step)) continue;
      if (step.run.includes("$LEAKED")) {
        operator.run("npx sealed-session keys rotate");
        operator.offset += DAY;
        operator.env["LEAKED"] = operator.status().keys.find(({ state }) => state === "retiring")?.id ?? "";
      }
      operator.run(step.run);
    }
    expect(operator.states().toSorted()).toEqual(["active", "revoked", "revoked", "revoked"]);
    expect(operator.run("npx sealed-session keys audit")).toContain("an old backup got out");
    operator.env["SEALING"] = operator.status().keys.find(({ state }) => state === "active")?.id ?? "";
    operator.run('npx sealed-session keys rotate --emergency "$SEALING"');
    expect(operator.states().filter((state) => state === "active")).toHaveLength(1);
    expect(operator.states()).not.toContain("retiring");
  });

  test("the ring is lost", () => {
    const operator = new Operator();
    operator.run("npx sealed-session keys init && npx sealed-session keys rotate");
    const before = operator.status();
    operator.env["SESSION_KEYRING"] = operator.run("npx sealed-session keys export 2>/dev/null");
    operator.run("rm keyring.json keyring.json.log");
    let steps = 0;
    for (const step of runbook("the ring is lost")) {
      if ("fresh" in step) operator.cwd = folder();
      if (!("run" in step)) continue;
      operator.run(step.run);
      const { ringId, keys } = operator.status();
      steps += 1;
      // The same keys after the import, others in the new ring.
      expect(ringId === before.ringId, step.run).toBe(steps < 3);
      if (steps < 3) expect(keys).toEqual(before.keys.map((key) => expect.objectContaining(key)));
    }
    expect(steps).toBe(3);
  });
});
