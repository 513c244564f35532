import nodePath from "node:path";
import { expect, test, vi } from "vitest";
import { ringDocument, runProgram, temporaryFolder, writeRing } from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

function ringPath(): string {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  writeRing(path, ringDocument({ k1: { revokedAt: 1 }, k2: {} }));
  return path;
}

test("a watched ring keeps no process alive, revoked keys to announce neither", async () => {
  const { code, signal, out, words } = await runProgram(
    ringPath(),
    `
    const hanging = new Proxy({}, { get: () => () => new Promise(() => undefined) });
    const sessions = createSessionManager({ name: "app", keyring: keyringFile(path), revocation: hanging });
    await sessions.ready();
    const sealer = createSealer({ keyring: keyringFile(path, { interval: 10 }), purpose: "mail" });
    await sealer.seal(1, { ttl: "1h" });
    console.log("ready");`,
  );
  expect([code, signal, out, words]).toEqual([0, undefined, "ready\n", ""]);
});

test("a process that is asked to reload a broken file is told so before it ends", async () => {
  const { code, out } = await runProgram(
    ringPath(),
    `
    import { writeFileSync } from "node:fs";
    const ring = keyringFile(path, { onError: (error) => console.log(error.message) });
    await ring.load();
    writeFileSync(path, "broken");
    await ring.reload();
    console.log("over");`,
  );
  expect([code, out]).toEqual([0, expect.stringMatching(/is not JSON.*\nover\n$/)]);
});

test("without onError there is one process warning, whatever uses the file, which names the file and no secret", async () => {
  const path = ringPath();
  const { code, out, words } = await runProgram(
    path,
    `
    import { writeFileSync } from "node:fs";
    import { once } from "node:events";
    const sessions = createSessionManager({ name: "app", keyring: keyringFile(path) });
    const copy = await import("./dist/keyring/file/index.js?copy");
    const other = createSessionManager({ name: "other", keyring: copy.keyringFile(path) });
    await Promise.all([sessions.ready(), other.ready()]);
    const warnings = [];
    process.on("warning", ({ name, code, message }) => warnings.push([name, code, message]));
    writeFileSync(path, "broken");
    const alive = setInterval(() => undefined, 1_000);
    await once(process, "warning");
    clearInterval(alive);
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify(warnings), (await sessions.keys()).length);`,
  );
  const warning = [
    "KeyringWarning",
    "SEALED_SESSION_KEYRING",
    `${path} is not JSON: it is empty, cut off, or was edited by hand. The ring in use (revision 1) stays in use`,
  ];
  expect([code, out]).toEqual([0, `${JSON.stringify([warning])} 2\n`]);
  expect(words).toContain("[SEALED_SESSION_KEYRING] KeyringWarning: ");
});

test("a program whose ring is missing ends with an error that says what to run", async () => {
  const { code, words } = await runProgram(
    nodePath.join(temporaryFolder(), "keyring.json"),
    `await createSessionManager({ name: "app", keyring: keyringFile(path) }).ready();`,
  );
  expect(code).toBe(1);
  expect(words).toMatch(/KeyringError\]?: There is no .*keyring\.json\. .*sealed-session keys init/);
});
