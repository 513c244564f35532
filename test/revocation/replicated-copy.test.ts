import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { newSweeper } from "../../dist/revocation/replicated/sweeper.js";

test("a sweeper goes round a map, a few entries at a time, and meets what was added meanwhile", () => {
  const map = new Map(Array.from({ length: 100 }, (_, i) => [i, i] as const));
  const sweep = newSweeper(map, (until, now) => until < now);
  sweep(30, 1_000);
  expect(map.size).toBe(70);
  sweep(1_000, 50);
  expect(map.size).toBe(50);
  map.set(100, 0);
  for (let i = 0; i < 5; i++) sweep(40, 60);
  expect(Math.min(...map.keys())).toBe(60);
  expect(map.has(100)).toBe(false);
});

test("a copy lets go of the subjects whose sessions have all expired, without anything new", () => {
  const script = `
    import { newCopy } from "./dist/revocation/replicated/copy.js";
    const copy = newCopy(0);
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    const before = used();
    const entries = Array.from({ length: 100_000 }, (_, i) => ({ kind: "subject", subject: "subject-" + i, generation: 1, since: 1 }));
    copy.merge({ entries, cursor: "", more: false, list: "", all: 0, retention: 1_000 }, 2);
    entries.length = 0;
    const full = used();
    for (let i = 0; i < 2_000; i++) copy.sweep(10_000);
    console.log(JSON.stringify([full - before, used() - before, copy.sessions]));
  `;
  const { stdout } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  const [full = 0, left = 0, sessions] = JSON.parse(stdout) as number[];
  expect(full).toBeGreaterThan(5_000_000);
  expect(left).toBeLessThan(full / 4);
  expect(sessions).toBe(0);
});
