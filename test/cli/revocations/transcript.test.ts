import path from "node:path";
import { expect, test } from "vitest";
import { hasTerminal } from "../support/pty.js";
import { Transcript } from "../support/transcript.js";
import { HOUR, MINUTE, place, sidOf, signIn, supersede } from "./place.js";

/*
 * As in ../transcripts.test.ts. After a change of the words look again:
 * npx vitest run test/cli/revocations/transcript.test.ts -u, and read the difference.
 */
test.skipIf(!hasTerminal && !process.env["CI"])("an operator looks at a list, and ends sessions", async () => {
  const it = await place();
  const { shell, store } = it;
  const transcript = new Transcript(shell);
  const env = { SESSION_STORE: "sqlite:sessions.db", CACHE: "redis://:hunter2@127.0.0.1:1" };
  const type = (command: string, answer?: readonly [string, string]) =>
    transcript.type(`sealed-session ${command}`, { env, ...(answer && { answer }) });

  await signIn(it, 1, "ada", "Firefox on Linux", 3 * HOUR);
  await signIn(it, 2, "ada", "Safari on iPhone", 20 * MINUTE);
  await signIn(it, 3, "bob@example.com", "Edge on Windows", HOUR);
  await store.issue({ sid: sidOf(5), replaces: [{ sid: sidOf(4), until: shell.now + 2 * HOUR, linked: true }] });
  await store.revokeSession(sidOf(6), shell.now + 11 * HOUR);
  await store.revokeKeys(["kq7x2mfa"]);
  shell.now += 5 * MINUTE;

  await type("revoke --help");
  await type("revoke session --help");
  await type("revocations --help");
  await type("revocations prune --help");
  await type("sessions --help");
  await type("sessions list --help");
  await type("sessions list");
  await type("sessions count --user ada");
  await type(`revoke session --sign-in ${sidOf(1_002)} --dry-run`);
  await type(`revoke session --sign-in ${sidOf(1_002)}`);
  await type(`revoke session ${sidOf(1_001)} --dry-run`);
  await type("revoke session", ["press Enter", `${sidOf(3)}\n`]);
  await type("revoke user adaa --dry-run");
  await type("revoke user ada");
  await type("revocations list");
  await type("revocations stats --json | grep -v '\"list\"'");
  await type("revoke all", ["to go on", "no\n"]);
  await type("revoke all", ["to go on", "yes\n"]);
  await type("sessions list");
  transcript.say("the next day");
  shell.now += 24 * HOUR;
  await supersede(it, 1_500, shell.now + HOUR);
  shell.now += 2 * HOUR;
  await type("revocations prune");
  await type("revocations prune");
  await type("revocations stats | grep -v ^List");
  transcript.say("mistakes");
  await type("revocation list");
  await type("revocations lits");
  await type("revoke session abc");
  await type("revoke all < /dev/null");
  await type("sessions list --store sesions.db");
  await type("sessions list --store sqlite:sesions.db");
  await type('sessions list --store "$CACHE"');
  for (const number of [1, 2, 3, 4, 5, 6]) expect(transcript.text).not.toContain(sidOf(number));
  expect(transcript.text).not.toContain("hunter2");
  await expect(transcript.text).toMatchFileSnapshot(path.join("..", "transcripts", "revocations.txt"));
});
