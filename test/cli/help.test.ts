import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Shell } from "./support/pty.js";

const KEYS = "init status plan rotate activate retire revoke prune policy export import audit".split(" ");
const COMMANDS = [...KEYS.map((name) => `keys ${name}`), "inspect", "doctor", "init"];
const DAY = 86_400_000;

describe("--help", { timeout: 60_000 }, () => {
  let shell: Shell;
  beforeEach(() => {
    shell = new Shell(Date.UTC(2026, 0, 5));
  });
  afterEach(() => shell.close());

  test("names every command, on stdout", () => {
    const root = shell.pipe("sealed-session --help");
    const keys = shell.pipe("sealed-session keys --help");
    expect([root.code, keys.code, root.err + keys.err]).toEqual([0, 0, ""]);
    for (const name of ["keys", "inspect", "doctor", "init"]) expect(root.out).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const name of KEYS) expect(keys.out).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(shell.pipe("sealed-session --version").out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("without a command it is shown as an error", () => {
    for (const command of ["sealed-session", "sealed-session keys"]) {
      const { code, out, err } = shell.pipe(command);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain("Usage: ");
    }
  });

  test.each(COMMANDS)("%s has examples that run as they stand", (command) => {
    const { out, code } = shell.pipe(`sealed-session ${command} --help`);
    expect(code).toBe(0);
    const examples = [...out.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = ""]) => example);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toContain("sealed-session ");
      const { code: exit, err } = inItsPlace(command, example);
      // A usage error means an option or an argument that does not exist.
      expect(exit, `${example}\n${err}`).not.toBe(2);
      expect(err).not.toMatch(/\n {4}at /);
    }
  });

  /** Runs an example in a folder of its own, where what it is about is there. */
  function inItsPlace(command: string, example: string): { code: number | null; err: string } {
    const place = new Shell(shell.now);
    try {
      if (command !== "keys init" && command !== "keys import" && command !== "init") {
        place.pipe("sealed-session keys init && sealed-session keys rotate");
        if (command !== "keys activate") place.now += DAY;
      }
      const id = /"id": "(\w+)",\s*"state": "retiring"/.exec(place.pipe("sealed-session keys status --json").out)?.[1];
      const line = example
        .replaceAll("kq7x2mfa", id ?? "none")
        .replaceAll("/etc/app/", "")
        // Nobody listens there.
        .replaceAll(/https?:\/\/[\w.:]+/g, "http://127.0.0.1:9");
      const env = {
        SESSION_KEYRING: "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja",
        COOKIE: "app=Fe26.2*k",
        TOKEN: "Fe26.2*k",
        ...SECRETS,
      };
      return place.pipe(line, { env, input: "app=Fe26.2*k" });
    } finally {
      place.close();
    }
  }
});

const SECRETS = { NEW_SECRET: "8fT2mQ9xZr4Wc7Ld1Vk6Yb3Ns5Hg0PjU", OLD_SECRET: "Xw3Pz8Kd5Rn1Tb7Gm4Qc9Vf2Js6Lh0Ya" };
