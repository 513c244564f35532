import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { hasTerminal } from "../support/pty.js";
import { HOUR, MINUTE, type Place, place, supersede } from "./place.js";

const MAIN = path.resolve("dist/cli/main.js");
const CLOCK = path.resolve("test/cli/support/clock-at.mjs");

/** A list of which so many entries have expired, and three have not. */
async function expired(count: number): Promise<Place> {
  const it = await place();
  await supersede(it, count, it.shell.now + HOUR);
  await it.store.revokeSession("AAAAAAAAAAAAAAAAAAAAAA", it.shell.now + 10 * HOUR);
  await it.store.revokeSubject("ada");
  await it.store.revokeKeys(["kq7x2mfa"]);
  it.shell.now += HOUR + 6 * MINUTE;
  return it;
}

test("what expired is removed, and nothing else", async () => {
  const it = await expired(2_500);
  expect(it.run("revocations prune --json")).toEqual({
    code: 0,
    out: '{\n  "removed": 2500,\n  "interrupted": false\n}\n',
    err: "",
  });
  expect(await it.store.stats()).toMatchObject({ sessions: 1, superseded: 0, subjects: 1, keys: 1 });
  expect(it.run("revocations prune").err).toBe("No entry has expired: nothing to remove.\n");
});

test.skipIf(!hasTerminal && !process.env["CI"])(
  "20,000 entries are removed in batches, with progress on a terminal",
  async () => {
    const it = await expired(20_000);
    const env = { SESSION_STORE: "sqlite:sessions.db" };
    const { code, out } = await it.shell.terminal("sealed-session revocations prune --batch 2000", { env });
    expect(code).toBe(0);
    const steps = [...out.matchAll(/Removed ([\d,]+) so far…/g)].map(([, number]) => number);
    expect(steps).toEqual(Array.from({ length: 10 }, (_, step) => ((step + 1) * 2_000).toLocaleString("en-US")));
    // The progress is taken away again, and only what came of it stays.
    expect(out.split("\u001b[2K").at(-1)).toBe("Removed 20,000 expired entries.\n");
    expect((await it.store.stats()).sessions).toBe(1);
  },
);

test("without a terminal there is no progress", async () => {
  const it = await expired(5_000);
  expect(it.run("revocations prune --batch 100")).toEqual({
    code: 0,
    out: "",
    err: "Removed 5,000 expired entries.\n",
  });
});

test("Ctrl+C stops it after a batch, leaves the rest for the next time, and says how far it got", async () => {
  const it = await expired(3_000);
  const child = spawn(process.execPath, ["--import", CLOCK, MAIN, "revocations", "prune", "--batch", "1"], {
    cwd: it.shell.cwd,
    env: { PATH: process.env["PATH"], CLOCK_AT: String(it.shell.now), SESSION_STORE: "sqlite:sessions.db" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  while ((await it.store.stats()).sessions > 2_990) await sleep(2);
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  const left = (await it.store.stats()).sessions - 1;
  expect(code).toBe(130);
  expect(left).toBeGreaterThan(0);
  const removed = (3_000 - left).toLocaleString("en-US");
  expect(err).toBe(`Stopped. Removed ${removed} expired entries. The rest is left for the next time.\n`);
  expect(it.run("revocations prune").err).toBe(`Removed ${left.toLocaleString("en-US")} expired entries.\n`);
});
