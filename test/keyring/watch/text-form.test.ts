import { execFileSync } from "node:child_process";
import fs from "node:fs";
import nodePath from "node:path";
import { parseKeyring } from "sealed-session";
import { expect, test, vi } from "vitest";
import { parseRingFile } from "../../../dist/keyring/file/document.js";
import type { RingDocument } from "../../../dist/keyring/rotation/document.js";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import { cli, followed, ringDocument, ringText, temporaryFolder } from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
const REASON = `left on a bus, "twice": 100% lost = 'gone' $HOME \`id\` ~ ü 🔑 \\ ; , #`;

/** A ring of every kind of key, with every rule, made by hand so that its values are odd. */
function oddRing(): RingDocument {
  const end = Date.UTC(2025, 11, 1);
  return ringDocument(
    {
      gone: { secret: undefined as never, activateAt: 1_000, createdAt: 999, retireAt: end },
      k1: { createdAt: 1, revokedAt: 1_750_000_000_123, reason: REASON },
      k2: { retireAt: end },
      k3: { createdAt: Date.UTC(2025, 0, 1) + 7, activateAt: Date.UTC(2025, 1, 1) + 1 },
    },
    {
      ringId: "ring_ABC_123",
      revision: 4_711,
      policy: { propagation: 1_500, absoluteTimeout: 36 * HOUR, skew: 90_000, rotateEvery: 45 * 24 * HOUR + 1 },
    },
  );
}

async function place(document: RingDocument) {
  const folder = temporaryFolder();
  const at = (name: string): string => nodePath.join(folder, name);
  const path = at("keyring.json");
  fs.writeFileSync(path, ringText(document), { mode: 0o600 });
  const exported = await cli(["export", "--file", path]);
  expect(exported.code).toBe(0);
  return { at, path, exported, line: exported.out.trimEnd() };
}

const read = (path: string): RingDocument => parseRingFile(fs.readFileSync(path, "utf8"), path).document;

test("what is exported and imported is the same ring, with everything in it", async () => {
  const ring = oddRing();
  const { at, exported, line } = await place(ring);
  expect(exported.out).toBe(`${line}\n`);
  expect(line).toContain("sealed_ring_1,ring:id=ring_ABC_123:revision=4711,policy:");
  expect(line).toMatch(/policy:propagation=1500ms:absolute=36h:skew=90s:rotate=3888000001ms,/);
  expect(line, "nothing that a shell or an environment file would take for more").toMatch(/^[\w,:=%.-]+$/);
  const imported = await cli(["import", "--file", at("again.json")], exported.out);
  expect(imported.code).toBe(0);
  expect(read(at("again.json"))).toEqual(ring);
  expect(await cli(["export", "--file", at("again.json")])).toEqual(exported);
});

test("a ring as the command line makes it, too; and its sessions open by either form", async () => {
  const folder = temporaryFolder();
  const [path, again] = [nodePath.join(folder, "keyring.json"), nodePath.join(folder, "again.json")];
  await cli(["init", "--file", path, "--absolute-timeout", "36h", "--rotate-every", "45d"]);
  await cli(["rotate", "--file", path]);
  const { out } = await cli(["export", "--file", path]);
  expect(out).toMatch(
    /^sealed_ring_1,ring:id=\w+:revision=2,policy:propagation=1h:absolute=36h:skew=5m:rotate=45d,key:/,
  );
  await cli(["import", "--file", again], out);
  expect(read(again)).toEqual(read(path));
  const byFile = testManager({ keyring: followed(path).ring, clock: Date.now });
  const byText = testManager({ name: byFile.name, keyring: out, clock: Date.now });
  const browser = new Browser();
  await play(byFile.sessions, browser, (session) => session.login("ada"));
  await play(byText.sessions, browser, (session) => expect(session.subject).toBe("ada"));
  expect(await byText.sessions.keys()).toEqual(await byFile.sessions.keys());
  const { ringId, revision, policy } = parseKeyring(out);
  expect({ ringId, revision, policy }).toEqual({ ringId: read(path).ringId, revision: 2, policy: read(path).policy });
});

test("an environment file with it is read alike by a shell and by Node", async () => {
  const { at, path, line } = await place(oddRing());
  const args = ["export", "--file", path, "--name", "SESSION_KEYRING", "--out", at(".env")];
  expect(await cli(args)).toMatchObject({ code: 0, out: "" });
  expect(fs.statSync(at(".env")).mode & 0o777).toBe(0o600);
  expect(fs.readFileSync(at(".env"), "utf8")).toBe(`SESSION_KEYRING=${line}\n`);
  const shell = execFileSync("sh", ["-c", '. "$1"; printf %s "$SESSION_KEYRING"', "sh", at(".env")], {
    encoding: "utf8",
  });
  const print = "process.stdout.write(process.env.SESSION_KEYRING)";
  const node = execFileSync(process.execPath, [`--env-file=${at(".env")}`, "--eval", print], { encoding: "utf8" });
  expect([shell, node]).toEqual([line, line]);
});

test.each([
  ["ring", 1],
  ["ring of many keys", 60],
])("the size of a %s is told in bytes and as a share of the common limits", async (_what, keys) => {
  const many = Array.from({ length: keys - 1 }, (_, index) => [`x${index}`, { secret: undefined as never }] as const);
  const { path, line, exported } = await place(ringDocument(Object.fromEntries([["k1", {}] as const, ...many])));
  expect(exported.words).toContain(`${line.length} bytes:`);
  for (const limit of [4_096, 65_536]) {
    const share = `${Math.ceil((line.length / limit) * 100)} % of ${limit}`;
    const row = exported.words.split("\n").find((text) => text.includes(`of ${limit}`));
    expect(row).toContain(share);
    expect(row?.includes("TOO LARGE")).toBe(line.length > limit);
  }
  const json = JSON.parse((await cli(["export", "--file", path, "--json"])).out) as object;
  expect(json).toEqual({ text: line, bytes: Buffer.byteLength(line) });
  const named = await cli(["export", "--file", path, "--name", "RING"]);
  expect([named.out, named.words]).toEqual([
    `RING=${line}\n`,
    expect.stringContaining(`${line.length + "RING=".length} bytes:`),
  ]);
});
