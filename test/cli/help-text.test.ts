import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Shell } from "./support/pty.js";

const shell = new Shell(Date.UTC(2026, 0, 5));
afterAll(() => shell.close());

interface Help {
  readonly command: string;
  readonly text: string;
}

/** The help of a command and of all below it, as a terminal of 80 columns shows it. */
function helpOf(command: string): Help[] {
  const { out: text, err, code } = shell.pipe(`${command} --help`, { env: { COLUMNS: "80" } });
  expect([code, err]).toEqual([0, ""]);
  const [, listed = ""] = text.split("\nCommands:\n");
  const below = [...listed.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name = ""]) => (name === "help" ? [] : [name]));
  return [{ command, text }, ...below.flatMap((name) => helpOf(`${command} ${name}`))];
}

const HELPS = helpOf("sealed-session");
const section = (text: string, title: string): string =>
  new RegExp(`^${title}:\n((?:  .*\n)+)`, "m").exec(text)?.[1] ?? "";

describe("what the help says", () => {
  test("there is one for each command", () => {
    const names = HELPS.map(({ command }) => command.replace(/^sealed-session ?/, ""));
    expect(names).toEqual(
      expect.arrayContaining(["", "init", "doctor", "inspect", "keys", "keys rotate", "revoke user"]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(HELPS)("$command: fits 80 columns, says what it is for and where there is more", ({ text }) => {
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const [usage = "", , purpose = ""] = text.split("\n");
    expect(usage).toMatch(/^Usage: sealed-session/);
    expect(purpose).toMatch(/^[a-z].*[^.!]$/);
    const [, page = ""] = /\nMore in (.*)\n$/.exec(text) ?? [];
    expect(existsSync(path.resolve(shell.cwd, page)), `the page ${page}`).toBe(true);
  });

  test.each(HELPS.filter(({ text }) => !text.includes("\nCommands:\n")))(
    "$command: has examples and its exit codes, and describes every option",
    ({ text }) => {
      expect(section(text, "Examples")).toContain("  $ ");
      // Some shells take what stands after a # for arguments.
      expect(section(text, "Examples")).not.toContain(" # ");
      const codes = section(text, "Exit codes").trimEnd().split("\n");
      expect(
        codes.every((line) => /^ {2}\d+ +[a-z-]/.test(line)),
        codes.join("\n"),
      ).toBe(true);
      expect(codes.map((line) => Number.parseInt(line, 10))).toEqual(expect.arrayContaining([0, 2]));
      const options = [...section(text, "Options").matchAll(/^ {2}(-\S.*)$/gm)].map(([, option = ""]) => option);
      expect(options.length).toBeGreaterThan(1);
      for (const option of options) expect(option).toMatch(/^(?:-\w, )?--[\w-]+(?: <[\w]+>)? {2,}[a-zA-Z]/);
    },
  );
});

describe("what was not understood is told with where to look, and without a stack", () => {
  test.each([
    ["keys revoke", "Error: Missing required argument 'key'.\nHint: See: npx sealed-session keys revoke --help\n"],
    ["keys status --foo", "Error: Unknown option '--foo'.\nHint: See: npx sealed-session keys status --help\n"],
    ["--foo", "Error: Unknown option '--foo'.\nHint: See: npx sealed-session --help\n"],
    ["kesy", "Error: Unknown command 'kesy' (did you mean keys?).\n"],
    ["inspect --name", "Error: --name needs a value.\nHint: See: npx sealed-session inspect --help\n"],
    ["init --framework vue", "Error: --framework: not known; write one of next, node.\n"],
    [
      "keys status one",
      "Error: Too many arguments for 'status'; it takes 0.\nHint: See: npx sealed-session keys status --help\n",
    ],
    ["keys rotate --in soon", "Error: --in: not a duration; write for example 30m, 12h or 90d.\n"],
  ])("%s", (line, told) => {
    expect(shell.pipe(`sealed-session ${line}`)).toEqual({ code: 2, out: "", err: told });
  });

  test("for scripts, too", () => {
    const { code, out } = shell.pipe("sealed-session keys revoke --json");
    expect([code, JSON.parse(out)]).toEqual([
      2,
      {
        error: {
          code: "usage",
          message: "Missing required argument 'key'",
          hint: "See: npx sealed-session keys revoke --help",
        },
      },
    ]);
  });
});
