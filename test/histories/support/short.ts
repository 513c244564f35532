import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { problems } from "./report.mjs";
import { runHistory } from "./run-history.mjs";

const ROUNDS = 3;

/**
 * Three rounds of faults: every kind of fault comes at least once. `SEED=…` repeats a plan; `node
 * test/histories/run.mjs` goes on for as long as one likes.
 */
export function shortHistories(store: "redis" | "postgres"): void {
  const seed = process.env["SEED"] ?? String(Math.floor(Math.random() * 2 ** 31));

  test(`no history over ${store} shows a session that outlives its end, or one that ends without (SEED=${seed})`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "history-"));
    const file = path.join(folder, "history.jsonl");
    const result = await runHistory({ store, seed, rounds: ROUNDS, replicas: 4, clocks: "wide", swept: 200, file });
    const name = `SEED=${seed}, ${store} (the history is ${file})`;
    expect(problems({ name, ...result }).join("\n")).toBe("");
    rmSync(folder, { recursive: true });
  }, 180_000);
}
