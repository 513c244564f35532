import { readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasTerminal, Shell } from "./support/pty.js";
import { Transcript } from "./support/transcript.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];

/*
 * What a user sees in a terminal, as it was looked at and found good. After a change of the words look again:
 * npx vitest run test/cli/transcripts.test.ts -u, and read the difference. I9: no secret is among it.
 */
describe.skipIf(!hasTerminal && !process.env["CI"])("in a terminal", { timeout: 60_000 }, () => {
  let shell: Shell;
  let transcript: Transcript;
  beforeEach(() => {
    shell = new Shell(Date.UTC(2026, 0, 5, 9, 30));
    transcript = new Transcript(shell);
  });
  afterEach(() => shell.close());

  const same = (name: string) => expect(transcript.text).toMatchFileSnapshot(path.join("transcripts", `${name}.txt`));

  test("a rotation, from the first key to the end of it", async () => {
    await transcript.type("sealed-session keys init --dry-run");
    await transcript.type("sealed-session keys init");
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session keys rotate --if-due");
    transcript.say("three months later");
    shell.now += 90 * DAY;
    await transcript.type("sealed-session keys status --check");
    await transcript.type("sealed-session keys rotate --dry-run");
    await transcript.type("sealed-session keys rotate --if-due");
    await transcript.type("sealed-session keys rotate");
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session keys plan");
    await transcript.type("sealed-session keys activate --in 1m");
    await transcript.type("sealed-session keys activate --in 5h");
    transcript.say("two hours later");
    shell.now += 6 * HOUR;
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session keys prune");
    transcript.say("a month later");
    shell.now += 31 * DAY;
    await transcript.type("sealed-session keys status --check");
    await transcript.type("sealed-session keys prune");
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session keys audit");
    await same("rotation");
  });

  test("an emergency", async () => {
    await transcript.type("sealed-session keys init --absolute-timeout 12h --rotate-every 30d");
    await transcript.type("sealed-session keys rotate --no-retire");
    shell.now += 2 * HOUR;
    await transcript.type("sealed-session keys status --check");
    const { keys } = JSON.parse(shell.pipe("sealed-session keys status --json").out);
    const [active, retiring] = keys.map(({ id }: { id: string }) => id);
    await transcript.type("sealed-session keys retire");
    await transcript.type(`sealed-session keys revoke ${active}`);
    await transcript.type(`sealed-session keys rotate --emergency ${retiring}`);
    await transcript.type(`sealed-session keys revoke ${retiring} --reason 'an old backup got out'`, {
      answer: ["to go on", "no\n"],
    });
    await transcript.type(`sealed-session keys revoke ${retiring} --reason 'an old backup got out'`, {
      answer: ["to go on", "yes\n"],
    });
    await transcript.type(`sealed-session keys revoke ${retiring}`);
    await transcript.type("sealed-session keys rotate --emergency --dry-run");
    await transcript.type("sealed-session keys rotate --emergency --reason 'the ring was sent by mail'", {
      answer: ["to go on", "yes\n"],
    });
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session keys audit");
    await same("emergency");
  });

  test("to an environment variable and back", async () => {
    await transcript.type("sealed-session keys init --file old.json");
    await transcript.type("sealed-session keys export --file old.json");
    await transcript.type("sealed-session keys export --file old.json --reveal");
    await transcript.type("sealed-session keys export --file old.json --name SESSION_KEYRING --out .env.local");
    await transcript.type("sealed-session keys export --file old.json --name SESSION_KEYRING --out .env.local");
    await transcript.type("sealed-session keys export --file old.json | sealed-session keys import");
    await transcript.type("sealed-session keys export --file old.json | sealed-session keys import");
    await transcript.type("sealed-session keys import --file pasted.json --absolute-timeout 14d", {
      answer: ["press Enter", "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja\n"],
    });
    await transcript.type("sealed-session keys status --file pasted.json");
    await transcript.type("sealed-session keys policy --file pasted.json --rotate-every 30d");
    await transcript.type("sealed-session keys policy --file pasted.json --rotate-every 30d");
    await transcript.type("sealed-session keys import --file two.json --gitignore", {
      answer: ["press Enter", "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja\r8fT2mQ9xZr4Wc7Ld1Vk6Yb3Ns5Hg0PjU\r"],
    });
    await transcript.type("sealed-session keys plan --file two.json");
    await transcript.type("sealed-session keys activate --file two.json");
    await transcript.type(
      "sealed-session keys export --file two.json | sealed-session keys import --file 3.json --skew 1m",
    );
    await transcript.type("sealed-session keys policy --file pasted.json --absolute-timeout 1d");
    expect(transcript.text).not.toContain("u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja");
    await same("environment");
  });

  test("mistakes", async () => {
    await transcript.type("sealed-session keys status");
    await transcript.type("sealed-session kesy");
    await transcript.type("sealed-session keys statsu");
    await transcript.type("sealed-session keys init --absolute-timeout soon");
    await transcript.type("sealed-session keys init --file no/such/folder/keyring.json");
    await transcript.type("sealed-session keys init");
    await transcript.type("sealed-session keys init");
    await transcript.type("sealed-session keys rotate --at tomorrow");
    await transcript.type("sealed-session keys rotate --at 2026-02-01 --in 1h");
    await transcript.type("sealed-session keys rotate --at 2026-01-05");
    await transcript.type("sealed-session keys rotate some-key");
    await transcript.type("sealed-session keys rotate --emergency --in 1h");
    await transcript.type("sealed-session keys rotate --emergency --if-due --yes");
    await transcript.type("sealed-session keys rotate --emergency --no-retire --yes");
    await transcript.type("SESSION_KEYRING_FILE= sealed-session keys status > /dev/null");
    await transcript.type("sealed-session keys rotate --emergency --reason sealed_key_AAAA");
    await transcript.type("sealed-session keys revoke");
    await transcript.type("sealed-session keys revoke nothing");
    await transcript.type("sealed-session keys activate");
    await transcript.type("sealed-session keys retire");
    await transcript.type("sealed-session keys policy");
    await transcript.type("sealed-session keys export --name '2 words' --reveal");
    await transcript.type("sealed-session keys status --allow everything");
    await transcript.type("chmod 644 keyring.json; sealed-session keys status");
    await transcript.type("sealed-session keys status --allow permissions > /dev/null");
    await transcript.type(
      "chmod 600 keyring.json; ln -s keyring.json link.json; sealed-session keys status -f link.json",
    );
    await transcript.type("git init -q . && sealed-session keys rotate");
    await transcript.type("sealed-session keys init --file other.json");
    await transcript.type("sealed-session keys init --file other.json --gitignore > /dev/null && cat .gitignore");
    await transcript.type("echo '{}' > keyring.json; sealed-session keys status");
    await transcript.type("echo oops > keyring.json; sealed-session keys status");
    await same("mistakes");
  });

  test("Ctrl+C and Ctrl+D leave everything as it was", async () => {
    shell.pipe("sealed-session keys init");
    const before = readFileSync(path.join(shell.cwd, "keyring.json"), "utf8");
    for (const key of ["\x03", "\x04"]) {
      const asked = await shell.terminal("sealed-session keys rotate --emergency", { answer: ["to go on", key] });
      expect(asked.code).toBe(4);
      expect(asked.out).toContain("Nothing was changed");
      const pasting = await shell.terminal("sealed-session keys import -f new.json", { answer: ["press Enter", key] });
      expect(pasting.code).toBe(2);
      expect(pasting.out).toContain("There is nothing to read");
    }
    expect(readFileSync(path.join(shell.cwd, "keyring.json"), "utf8")).toBe(before);
  });

  test("colours in a terminal only, and not where NO_COLOR forbids them", async () => {
    shell.pipe("sealed-session keys init");
    const coloured = (text: string): boolean => /\[\d+m/.test(text) && stripVTControlCharacters(text) !== text;
    expect(coloured((await shell.terminal("sealed-session keys status")).out)).toBe(true);
    expect(coloured((await shell.terminal("sealed-session keys prune nothing")).out)).toBe(true);
    expect(coloured((await shell.terminal("sealed-session keys status", { env: { NO_COLOR: "1" } })).out)).toBe(false);
    expect(coloured((await shell.terminal("sealed-session keys status", { env: { TERM: "dumb" } })).out)).toBe(false);
    const piped = shell.pipe("sealed-session keys status");
    expect(coloured(piped.out + piped.err)).toBe(false);
  });
});

test("a log and the process list hold no secret", () => {
  const shell = new Shell(Date.UTC(2026, 0, 5));
  try {
    shell.pipe(
      "sealed-session keys init && sealed-session keys rotate && sealed-session keys rotate --emergency --yes",
    );
    const secrets = readFileSync(path.join(shell.cwd, "keyring.json"), "utf8").match(/sealed_key_[\w-]+/g) ?? [];
    const log = readFileSync(path.join(shell.cwd, "keyring.json.log"), "utf8");
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(log).not.toContain(secret.slice("sealed_key_".length, 30));
    const refused = shell.pipe(`sealed-session keys rotate --emergency --yes --reason 'it was ${secrets[0]}'`);
    expect(refused.code).toBe(2);
    expect(refused.out + refused.err).not.toContain(secrets[0]);
    expect(readFileSync(path.join(shell.cwd, "keyring.json.log"), "utf8")).toBe(log);
  } finally {
    shell.close();
  }
});

test("what a reason or a log holds cannot steer a terminal", () => {
  const shell = new Shell(Date.UTC(2026, 0, 5));
  try {
    shell.pipe("sealed-session keys init && sealed-session keys rotate --emergency --yes --reason leaked");
    const evil = shell.pipe("sealed-session keys export").out.replace("reason=leaked", "reason=%C2%9B31m%E2%80%AEx");
    expect(shell.pipe("sealed-session keys import --file evil.json", { input: evil }).code).toBe(0);
    for (const command of [
      "status",
      "status --json",
      "plan --json",
      "prune --json",
      "audit",
      "rotate --json --dry-run",
    ]) {
      const { code, out, err } = shell.pipe(`sealed-session keys ${command} --file evil.json`);
      expect(code).toBe(0);
      expect((out + err).replaceAll("\n", ""), command).not.toMatch(/\p{Cc}|\p{Cf}/u);
    }
  } finally {
    shell.close();
  }
});
