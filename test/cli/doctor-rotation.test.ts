import { utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { assertFixes, complaints, DAY, HOUR, Project } from "./support/doctor.js";

const fixOf = (
  findings: readonly { check: string; level: string; fix?: string }[],
  check: string,
): string | undefined => findings.find((finding) => finding.check === check && finding.level !== "ok")?.fix;

test("a key that seals for too long: a warning, then a problem; nothing while its successor is staged", async () => {
  const project = await Project.healthy();
  expect(complaints(await project.diagnose([], { now: Date.now() + 89 * DAY }), "rotation.age")).toEqual([]);
  const old = await project.diagnose([], { now: Date.now() + 91 * DAY });
  expect(complaints(old, "rotation.age")).toEqual([
    expect.stringMatching(/^warning: k\w+ seals since .* UTC, 91d.* ago: it should for 90d$/),
  ]);
  expect(fixOf(old.findings, "rotation.age")).toBe("Stage a new key: npx sealed-session keys rotate");
  expect(old.code).toBe(0);
  expect((await project.diagnose(["--strict"], { now: Date.now() + 91 * DAY })).code).toBe(10);
  const ancient = await project.diagnose([], { now: Date.now() + 181 * DAY });
  expect(complaints(ancient, "rotation.age")).toEqual([expect.stringMatching(/^problem: /)]);
  expect(ancient.code).toBe(4);
  assertFixes(ancient);
  await project.cliAt(Date.now() + 181 * DAY, "keys", "rotate");
  const staged = await project.diagnose([], { now: Date.now() + 181 * DAY });
  expect(complaints(staged, "rotation.age")).toEqual([]);
  expect(staged.findings.find(({ check }) => check === "rotation.pending")?.what).toMatch(
    /^k\w+ is staged and seals from .* UTC on \(in 1h/,
  );
});

test("a replaced key waits for its retirement to be planned, a retired one to be destroyed", async () => {
  const project = await Project.healthy();
  const start = Date.now();
  await project.cli("keys", "rotate", "--no-retire");
  const replaced = start + 3 * HOUR;
  const diagnosis = await project.diagnose([], { now: replaced });
  expect(complaints(diagnosis, "rotation.due")).toEqual([
    expect.stringMatching(/^warning: k\w+ was replaced and opens for ever, as its retirement is not planned$/),
  ]);
  const [, key] = /keys retire (k\w+)$/.exec(fixOf(diagnosis.findings, "rotation.due") ?? "") ?? [];
  expect(key).toBeDefined();

  await project.cliAt(replaced, "keys", "retire", String(key));
  expect(complaints(await project.diagnose([], { now: replaced }), "rotation.due")).toEqual([]);

  const retired = start + 40 * DAY;
  const due = await project.diagnose([], { now: retired });
  expect(complaints(due, "rotation.due")).toEqual([`warning: ${key} is needed no more, and its secret is still there`]);
  expect(fixOf(due.findings, "rotation.due")).toBe(`Run: npx sealed-session keys prune ${key}`);
  await project.cliAt(retired, "keys", "prune", String(key));
  expect(complaints(await project.diagnose([], { now: retired }), "rotation.due")).toEqual([]);
});

test("a fix names the ring file where it is not the default", async () => {
  const project = await Project.healthy();
  await project.cli("keys", "init", "--file", "keyring.json.b c");
  const old = await project.diagnose(["--file", "keyring.json.b c"], { now: Date.now() + 91 * DAY });
  expect(fixOf(old.findings, "rotation.age")).toBe(
    "Stage a new key: npx sealed-session keys rotate --file 'keyring.json.b c'",
  );
});

test("a clock that is behind: the ring was made in the future", async () => {
  const project = await Project.healthy();
  const diagnosis = await project.diagnose([], { now: Date.now() - HOUR });
  expect(complaints(diagnosis, "clock.ring")).toEqual([
    expect.stringMatching(/^problem: By this clock \(.* UTC\) the ring was made in the future: .* UTC, in 5\dm /),
  ]);
  expect(complaints(diagnosis, "clock.files")).toEqual([
    expect.stringMatching(/^warning: keyring.json was written in the future by this clock, in 5\dm /),
  ]);
  expect(diagnosis.code).toBe(4);
  assertFixes(diagnosis);
  const withinSkew = await project.diagnose([], { now: Date.now() - 2 * 60_000 });
  expect(complaints(withinSkew, "clock.ring")).toEqual([]);
  expect(complaints(withinSkew, "clock.files")).toEqual([]);
});

test("a file server whose clock is ahead", async () => {
  const project = await Project.healthy();
  const later = new Date(Date.now() + HOUR);
  utimesSync(project.path("keyring.json"), later, later);
  const diagnosis = await project.diagnose();
  expect(complaints(diagnosis, "clock.files")).toHaveLength(1);
  expect(complaints(diagnosis, "clock.ring")).toEqual([]);
});

test.each([
  ["20.18.9", 1],
  ["18.20.8", 1],
  ["20.19.0", 0],
  ["20.20.1", 0],
  ["22.0.0", 0],
  ["26.0.0-nightly", 0],
])("Node %s", async (nodeVersion, found) => {
  const project = await Project.healthy();
  const diagnosis = await project.diagnose([], { nodeVersion });
  expect(complaints(diagnosis, "node.version")).toEqual(
    found === 1 ? [`problem: Node ${nodeVersion} is too old: 20.19 or later is needed`] : [],
  );
  expect(diagnosis.code).toBe(found === 1 ? 4 : 0);
  assertFixes(diagnosis);
});
