import { execFile } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { trendOf } from "./flatness.mjs";
import type { SoakReport } from "./run-soak.mjs";

const SCRIPT = path.resolve(import.meta.dirname, "../../scripts/soak.mjs");

test(
  "a short soak: rotations, sign-outs and timeouts under load, and nothing goes wrong",
  { timeout: 180_000 },
  async () => {
    const args = [SCRIPT, "--minutes", "0.2", "--json"];
    const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, stdout: out, stderr: err }),
      );
    });
    expect([code, stderr]).toEqual([0, ""]);
    const { problems, keys, counts, servers } = JSON.parse(stdout) as SoakReport;
    expect(problems).toEqual([]);
    expect([keys.rotations, keys.destroyed].map((count) => count > 0)).toEqual([true, true]);
    expect(servers).toHaveLength(4);
    for (const [town, happened] of Object.entries(counts)) {
      // What a run of a few seconds must have seen, or it shows nothing.
      for (const what of ["read", "write", "login", "logout", "renewed", "refused: superseded", "refused: expired"])
        expect(happened[what] ?? 0, `${town}: ${what}`).toBeGreaterThan(0);
    }
  },
);

describe("the trend of a process's memory", () => {
  const MB = 1e6;
  /** Ten minutes of samples; `heap` in MB, by the minute. */
  const samples = (heap: (minute: number) => number, minutes = 10) =>
    Array.from({ length: minutes * 12 + 1 }, (_, index) => {
      const minute = index / 12;
      // A saw of half a megabyte: what a cache that forgets half of itself looks like.
      return { at: minute * 60_000, heapUsed: (heap(minute) + ((index * 7) % 10) / 20) * MB };
    });

  test("is flat where memory goes up and down, and where it has grown at the beginning only", () => {
    expect(trendOf(samples(() => 20))).toMatchObject({ flat: true });
    expect(trendOf(samples((minute) => 20 + 10 * Math.min(1, minute / 3)))).toMatchObject({ flat: true });
  });

  test("is told where it grows, however it does", () => {
    const steady = trendOf(samples((minute) => 20 + 0.3 * minute));
    expect(steady.flat).toBe(false);
    expect(steady.perHour / MB).toBeCloseTo(18, 0);
    expect(trendOf(samples((minute) => 20 + 2 * Math.floor(minute / 2)))).toMatchObject({ flat: false });
  });

  test("is not judged where there is too little of it", () => {
    expect(trendOf(samples((minute) => 20 + 10 * minute, 1)).flat).toBeUndefined();
  });
});
