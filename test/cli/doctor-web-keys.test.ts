import { expect, test } from "vitest";
import { bareKeyId } from "../../dist/keyring/file/fingerprint.js";
import { play } from "../support/play.js";
import { testManager, Browser } from "../support/sessions.js";
import { serve } from "../support/server.js";
import { DAY, type Diagnosis, HOUR, Project } from "./support/doctor.js";

const SECRET = "Zk9vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x";
const OTHER = "f3Ms0aXw7KcVtb1RzYqLhU8eJgPnD5iO2xQk6WvB";
const ATTRIBUTES = "Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax";
const token = (keyId: string): string =>
  `Fe26.2*${keyId}**AAAAAAAAAAAAAAAAAAAAAA*${"B".repeat(64)}*1900000000000**${"C".repeat(43)}`;
const session = (keyId: string): string => `__Host-app=${token(keyId)}; ${ATTRIBUTES}`;
const seen = (keyId: string): string =>
  `__Host-app.seen=1700000000000.1800000000000.${keyId}.${"D".repeat(43)}; ${ATTRIBUTES}`;

interface Visit {
  readonly now?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What doctor says of an application that sets these cookies. */
async function visit(project: Project, lines: readonly string[], options: Visit = {}): Promise<Diagnosis> {
  const port = await serve((_request, response) => {
    response.writeHead(200, { "cache-control": "private, no-store", vary: "Cookie", "set-cookie": [...lines] });
    response.end();
  });
  return project.diagnose(["--url", `http://localhost:${port}/`], options);
}

const about = ({ findings }: Diagnosis): string[] =>
  findings.filter(({ check }) => check === "web.key").map(({ level, what }) => `${level}: ${what}`);

const newKey = (project: Project): string =>
  (JSON.parse(project.read("keyring.json")) as { keys: { id: string }[] }).keys.find(({ id }) => id !== project.keyId)
    ?.id as string;

test("a revoked key: the server does not have the ring of the emergency yet", async () => {
  const project = await Project.healthy();
  const leaked = project.keyId;
  await project.cli("keys", "rotate", "--emergency", "--yes", "--reason", "leaked");
  for (const line of [session(leaked), seen(leaked)]) {
    const diagnosis = await visit(project, [line]);
    expect(about(diagnosis)).toEqual([
      `problem: The server seals with ${leaked}, which is revoked here: it does not have this ring yet`,
    ]);
    expect(diagnosis.code).toBe(4);
    expect(diagnosis.findings.find(({ check }) => check === "web.key")?.fix).toMatch(
      /^Bring the ring to every server, and restart/,
    );
  }
});

test("a destroyed key, which the environment's older ring does not excuse", async () => {
  const project = await Project.healthy();
  const old = project.keyId;
  await project.cli("keys", "rotate", "--emergency", "--yes", "--reason", "leaked");
  const later = Date.now() + 60 * DAY;
  await project.cliAt(later, "keys", "prune");
  expect(about(await visit(project, [session(old)], { now: later }))).toEqual([
    `problem: The server seals with ${old}, which is destroyed here: it does not have this ring yet`,
  ]);
});

test("a pending key, and one that was replaced: warnings", async () => {
  const project = await Project.healthy();
  await project.cli("keys", "rotate");
  const old = project.keyId;
  const next = newKey(project);
  expect(about(await visit(project, [session(next), seen(old)]))).toEqual([
    `warning: The server seals with ${next}, which is pending here, and not with the active ${old}: it has another revision of the ring, or its clock is ahead`,
    `ok: The server seals with ${old}, the active key`,
  ]);
  const later = Date.now() + 2 * HOUR;
  expect(about(await visit(project, [session(next), seen(old)], { now: later }))).toEqual([
    `ok: The server seals with ${next}, the active key`,
    `warning: The server seals with ${old}, which is retiring here, and not with the active ${next}: it has an older ring, or its clock is behind`,
  ]);
});

test("a key that is in no ring here; a key of the environment's ring", async () => {
  const project = await Project.healthy();
  const unknown = await visit(project, [session("kelsewhere"), seen("kelsewhere")]);
  expect(about(unknown)).toEqual([
    "problem: The server seals with kelsewhere, which is not in this ring (keyring.json): the server runs on another ring",
  ]);
  expect(unknown.code).toBe(4);
  project.write(".env.local", `SESSION_KEYRING=${project.hide(SECRET)}\n`);
  const id = bareKeyId(SECRET);
  expect(about(await visit(project, [session(id)]))).toEqual([
    `warning: The server seals with ${id}, a key of SESSION_KEYRING in .env.local, not of keyring.json`,
  ]);
});

test("without a file the environment's ring counts, also a bare secret; without a ring nothing is said", async () => {
  const project = Project.bare();
  const id = bareKeyId(project.hide(SECRET));
  const env = { SESSION_KEYRING: SECRET };
  expect(about(await visit(project, [session(id)], { env }))).toEqual([
    `ok: The server seals with ${id}, the active key`,
  ]);
  expect(about(await visit(project, [session(bareKeyId(OTHER))], { env }))).toEqual([
    expect.stringMatching(/^problem: .*not in this ring \(SESSION_KEYRING in the environment\)/),
  ]);
  expect(about(await visit(project, [session(id)]))).toEqual([]);
  expect(about(await visit(project, [], { env }))).toEqual([]);

  const healthy = await Project.healthy();
  const ring = healthy.read(".env.local");
  project.write(".env", ring);
  expect(about(await visit(project, [session(healthy.keyId)]))).toEqual([
    `ok: The server seals with ${healthy.keyId}, the active key`,
  ]);
});

test("the cookies that a manager really sets, whole and in chunks, with its .seen", async () => {
  const project = Project.bare();
  project.hide(SECRET);
  const id = bareKeyId(SECRET);
  for (const size of [10, 4_000]) {
    const { sessions, clock } = testManager({ keyring: SECRET });
    const browser = new Browser();
    await play(sessions, browser, async (open) => {
      (open.data as { text?: string }).text = "x".repeat(size);
      await open.login("ada");
    });
    clock.advance(29 * 60_000);
    await play(sessions, browser, (open) => open.save());
    const lines = [...browser.cookies].map(([name, value]) => `${name}=${value}; ${ATTRIBUTES}`);
    expect(lines.some((line) => line.includes(".seen="))).toBe(true);
    expect(lines.length).toBe(size > 1_000 ? 3 : 2);
    for (const line of lines.filter((text) => /Fe26|\.seen=/.test(text))) {
      expect(about(await visit(project, [line], { env: { SESSION_KEYRING: SECRET } }))).toEqual([
        `ok: The server seals with ${id}, the active key`,
      ]);
    }
  }
});
