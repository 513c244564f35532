import { describe, expect, test } from "vitest";
import { emptyShell, place, sidOf, signIn } from "./place.js";

const COMMANDS = [
  "revoke session",
  "revoke user",
  "revoke all",
  "revocations list",
  "revocations stats",
  "revocations prune",
  "sessions list",
  "sessions count",
];

describe("--help", () => {
  test("names every command", () => {
    const shell = emptyShell();
    const root = shell.pipe("sealed-session --help").out;
    for (const name of ["revoke", "revocations", "sessions"]) expect(root).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const command of COMMANDS) {
      const [family = "", name = ""] = command.split(" ");
      expect(shell.pipe(`sealed-session ${family} --help`).out).toMatch(new RegExp(`^  ${name} `, "m"));
    }
  });

  test("without a command it is shown as an error", () => {
    for (const family of ["revoke", "revocations", "sessions"]) {
      const { code, out, err } = emptyShell().pipe(`sealed-session ${family}`);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain("Usage: ");
    }
  });

  test.each(COMMANDS)("%s has examples that run as they stand", async (command) => {
    const { out, code } = emptyShell().pipe(`sealed-session ${command} --help`);
    expect(code).toBe(0);
    expect(out).toContain("SESSION_STORE");
    const examples = [...out.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = ""]) => example);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const it = await place();
      await signIn(it, 1, "user-42", "Firefox");
      const line = example.replaceAll("kX2vQm9TzR4bL7wYc1Np5A", sidOf(1_001));
      const env = { SESSION_STORE: "sqlite:sessions.db", ID: sidOf(1) };
      const { code: exit, err } = it.shell.pipe(line, { env, input: sidOf(1) });
      // Without a terminal to ask on, `revoke all` is refused.
      expect(exit, `${example}\n${err}`).toBe(line === "npx sealed-session revoke all" ? 4 : 0);
    }
  });
});
