import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, SECRET, testManager } from "../support/sessions.js";
import { emptyFolder, inspectJson, run, signedIn } from "./support/inspect.js";

describe("which ring", () => {
  test("the file that is named, then keyring.json, then SESSION_KEYRING, then that of .env.local and .env", async () => {
    const { browser, ring } = await signedIn();
    const cwd = await emptyFolder();
    for (const name of ["keyring.json", "other.json"]) {
      expect((await run(["keys", "import", "--file", name], ring, { cwd })).code).toBe(0);
    }
    const from = async (args: string[], env: Record<string, string>) => {
      const { stdout, code } = await run(["inspect", "--json", ...args], browser.header, { cwd, env });
      expect(code).toBe(0);
      const { ring: used, accepted } = JSON.parse(stdout) as { ring: { from: string }; accepted: boolean };
      expect(accepted).toBe(true);
      return used.from;
    };
    const both = { SESSION_KEYRING_FILE: "other.json", SESSION_KEYRING: ring };
    expect(await from(["--file", "keyring.json"], both)).toBe("keyring.json");
    expect(await from([], both)).toBe("other.json");
    expect(await from([], { SESSION_KEYRING: ring, SESSION_KEYRING_FILE: "" })).toBe("keyring.json");
    await writeFile(path.join(cwd, ".env"), `SESSION_KEYRING=${ring}\n`);
    await writeFile(path.join(cwd, ".env.local"), `SESSION_KEYRING="${ring}"\n`);
    expect(await from([], {})).toBe("keyring.json");
    await rm(path.join(cwd, "keyring.json"));
    expect(await from([], { SESSION_KEYRING: ring, SESSION_KEYRING_FILE: "" })).toBe("SESSION_KEYRING");
    expect(await from([], { SESSION_KEYRING: " " })).toBe("SESSION_KEYRING in .env.local");
    await writeFile(path.join(cwd, ".env.local"), "OTHER=1\n");
    expect(await from([], {})).toBe("SESSION_KEYRING in .env");
  });

  test("a secret that was imported into keyring.json and replaced there: the leftover variable is not used, and told", async () => {
    const { sessions } = testManager({ clock: Date.now });
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const cwd = await emptyFolder();
    const ran = async (env: Record<string, string>, ...args: string[]) => run(args, browser.header, { cwd, env });
    expect((await run(["keys", "import"], SECRET, { cwd })).code).toBe(0);
    expect((await ran({}, "keys", "rotate", "--emergency", "--yes", "--reason", "leaked")).code).toBe(0);
    const told = "SESSION_KEYRING is set, too, and was not used.";
    const leftover = await ran({ SESSION_KEYRING: SECRET }, "inspect", "--check");
    expect([leftover.code, leftover.stderr.includes(told)]).toEqual([4, true]);
    expect(leftover.stdout).toContain("key was revoked");
    await writeFile(path.join(cwd, ".env"), `SESSION_KEYRING=${SECRET}\n`);
    expect((await ran({}, "inspect")).stderr).toContain("SESSION_KEYRING in .env is set, too, and was not used.");
    expect((await ran({}, "inspect", "--file", "keyring.json")).stderr).not.toContain("was not used");
    const same = (await run(["keys", "export"], "", { cwd })).stdout;
    expect((await ran({ SESSION_KEYRING: same }, "inspect")).stderr).not.toContain("was not used");
  });

  test("the examples of --help can be run as they stand", async () => {
    const { stdout } = await run(["inspect", "--help"]);
    const examples = stdout.split("\n").filter((line) => line.startsWith("  $ "));
    expect(examples.length).toBeGreaterThan(2);
    for (const line of examples) expect(line).toMatch(/(?:^ {2}\$ |\| )npx sealed-session inspect/);
  });

  test("a plain secret in SESSION_KEYRING", async () => {
    const { sessions, name } = testManager({ clock: Date.now });
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const { accepted, findings } = await inspectJson(browser.header, SECRET);
    expect(accepted).toBe(true);
    expect(findings[0]?.name).toBe(name);
  });

  test("one that is broken or not safe is an error, not passed over", async () => {
    const { browser, ring } = await signedIn();
    const broken = await run(["inspect"], browser.header, {
      env: { SESSION_KEYRING: ring.replace("secret=", "sercet=") },
    });
    expect([broken.code, broken.stdout]).toEqual([3, ""]);
    expect(broken.stderr).toContain("Error: SESSION_KEYRING: ");
    const missing = await run(["inspect", "--file", "none.json"], browser.header, { env: { SESSION_KEYRING: ring } });
    expect([missing.code, missing.stdout]).toEqual([6, ""]);
    const cwd = await emptyFolder();
    await writeFile(path.join(cwd, "keyring.json"), "{}", { mode: 0o644 });
    expect((await run(["inspect"], browser.header, { cwd })).code).toBe(4);
  });
});

describe("how it is used", () => {
  test("--check: 0 when all of it would be accepted, 4 when not, 2 without a ring", async () => {
    const { browser, ring } = await signedIn();
    const check = async (header: string, env: Record<string, string>) =>
      (await run(["inspect", "--check"], header, { env })).code;
    const env = { SESSION_KEYRING: ring };
    expect(await check(browser.header, env)).toBe(0);
    expect(await check(browser.header.replace("app.seen=1", "app.seen=2"), env)).toBe(4);
    expect(await check(browser.cookies.get("__Host-app") ?? "", env)).toBe(4);
    expect(await check(browser.header, {})).toBe(2);
    const refused = await run(["inspect"], browser.header.slice(0, 90), { env });
    expect(refused.code).toBe(0);
  });

  test("never from the command line: it says why, and does not repeat it", async () => {
    const { browser } = await signedIn();
    const { code, stdout, stderr } = await run(["inspect", browser.header]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("process list");
    expect(stderr).not.toContain("Fe26");
  });

  test.each([
    ["", "There is nothing to read"],
    [" \n\t\n", "There is nothing to read"],
    ["hello", "Give a cookie (name=value)"],
    ["theme=dark; lang=de", "There is no cookie of a session manager in it, only theme, lang"],
    ["app=", "There is no cookie of a session manager in it"],
    ["Cookie: a=b\nSet-Cookie: a=b", "There are both a Cookie header and Set-Cookie lines"],
    [`app=Fe26.2*${"x".repeat(70_000)}`, "too long for cookies"],
    ["x".repeat(1_200_000), "There is too much to read"],
  ])("what is no cookie is refused (%#)", async (input, words) => {
    const { code, stdout, stderr } = await run(["inspect"], input);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
  });

  test.each([
    [["--purpose", "session"], "--purpose: not one that a sealer can have"],
    [["--name", "a b"], "--name: not a name that a session manager can have"],
    [["--name", "app", "--purpose", "x"], "give one of them"],
  ])("options that cannot work (%j)", async (args, words) => {
    const { code, stderr } = await run(["inspect", ...args], "app=Fe26.2*k");
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test("with --name, what has that name is looked at whatever it holds", async () => {
    const { findings, others } = await inspectJson("app=garbage; other=Fe26.2*x", undefined, ["--name", "app"]);
    expect(findings).toMatchObject([{ name: "app", verdict: "refused", reason: "malformed" }]);
    expect(others).toEqual(["other"]);
  });

  test("for people: the whole of it, with what it cannot know", async () => {
    const { browser, ring, sid } = await signedIn();
    const { code, stdout, stderr } = await run(["inspect"], browser.header, { env: { SESSION_KEYRING: ring } });
    expect(code).toBe(0);
    const text = stdout
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC \([^)]*\)/g, "DATE")
      .replaceAll(`${sid.slice(0, 6)}…`, "SID…")
      .replaceAll(/\d[\d,]* bytes/g, "N bytes");
    expect(text).toBe(`A Cookie header of N bytes with 2 cookies to inspect.
Verified with SESSION_KEYRING, ring testring, revision 3.

__Host-app  signed-in session
  verdict      accepted: authentic, and within its deadlines; alive, unless it was revoked
  key          k1 active
  session      SID…
  subject      ada
  issued       DATE
  renewed      DATE, by its .seen cookie
  idle until   DATE
  ends         DATE
  lineage      k1 active
  generations  all 0, subject 0
  schema       version 0
  size         N bytes without attributes, of the 4,096 that a browser takes
  data         N bytes; shown with --reveal

__Host-app.seen  renewal of a session
  verdict     accepted: it renews the session SID…
  key         k1 active
  renewed     DATE
  idle until  DATE
  size        N bytes without attributes, of the 4,096 that a browser takes
`);
    expect(stderr).toContain("Whether a session was revoked or superseded: ask the revocation store");
  });

  test("no secret, no whole session id and no data in any output without --reveal; with it no id either", async () => {
    const { browser, keys, ring, sid } = await signedIn();
    for (const args of [[], ["--json"], ["--reveal"], ["--reveal", "--json"]]) {
      for (const env of [{ SESSION_KEYRING: ring }, {}]) {
        const { code, stdout, stderr } = await run(["inspect", ...args], browser.header, { env });
        const output = stdout + stderr;
        expect(code).toBe(0);
        expect(output).not.toContain(sid.slice(0, 8));
        expect(output).not.toContain(keys[0]?.secret?.slice("sealed_key_".length, 20));
        expect(output).not.toContain("Fe26");
        expect(output.includes("private-thing")).toBe(args.includes("--reveal") && "SESSION_KEYRING" in env);
      }
    }
  });
});
