import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** Runs code in a process of its own. */
function runApart(code: string, env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  const program = `import { createSessionManager, memoryStore } from "sealed-session";\n${code}`;
  const options = { cwd: root, env: { ...process.env, ...env } };
  return promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], options);
}

const revoke = (times: number): string => `
  for (let i = 0; i < ${times}; i++) {
    const sessions = createSessionManager({ name: "app" + i, keyring: "q8ZbT2vXw0Ls5Rk7Yd1Hn4Gf9Jc3Mp6EuQaKiWoB" });
    await sessions.open({ read: () => "", write() {} }).then((session) => session.login("ada"));
  }`;

test("in production the store says once for the process that it does not reach others", async () => {
  const { stderr } = await runApart(revoke(3), { NODE_ENV: "production" });
  expect(stderr.match(/SealedSessionWarning: memoryStore keeps the revocation list in this process/g)).toHaveLength(1);
});

test.each(["development", "test", ""])("with NODE_ENV %j it says nothing", async (environment) => {
  const { stderr } = await runApart(revoke(1), { NODE_ENV: environment });
  expect(stderr).not.toContain("SealedSessionWarning");
});

test("a `process` that throws at every touch, as the edge runtime's does, fails no request", async () => {
  const code = `
    const { stdout } = process;
    const refuse = () => { throw new Error("not here") };
    globalThis.process = new Proxy({}, { get: refuse, has: refuse });
    ${revoke(1)}
    stdout.write("signed in");`;
  expect(await runApart(code, { NODE_ENV: "production" })).toEqual({ stdout: "signed in", stderr: "" });
});
