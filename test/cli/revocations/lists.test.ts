import { describe, expect, test } from "vitest";
import { DAY, HOUR, place, sidOf, signIn, supersede } from "./place.js";

const CONTROL = /\p{Cc}|\p{Cf}/u;
const EVIL = "\u001b[2J\u009b31m\u202eevil\r\n";

async function mixed() {
  const it = await place();
  const { store, shell } = it;
  await store.revokeSession(sidOf(1), shell.now + 6 * HOUR);
  await store.revokeSession(sidOf(2));
  await store.revokeSubject("ada");
  await store.issue({ sid: sidOf(4), replaces: [{ sid: sidOf(3), until: shell.now + HOUR, linked: true }] });
  await store.revokeKeys(["kq7x2mfa"]);
  return it;
}

describe("revocations list", () => {
  test("shows every kind, in the order of the last change, with masked ids", async () => {
    const it = await mixed();
    const { code, out, err } = it.run("revocations list");
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^KIND +STATE +SINCE +SESSION ENDS +WHICH$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
      ["session", "revoked", "2026-01-05 09:30 UTC (now)", "2026-01-05 15:30 UTC", `${sidOf(1).slice(0, 6)}…`],
      ["session", "revoked", "2026-01-05 09:30 UTC (now)", "-", `${sidOf(2).slice(0, 6)}…`],
      ["user", "revoked", "2026-01-05 09:30 UTC (now)", "-", "ada"],
      ["session", "superseded", "2026-01-05 09:30 UTC (now)", "2026-01-05 10:30 UTC", `${sidOf(3).slice(0, 6)}…`],
      ["key", "revoked", "2026-01-05 09:30 UTC (now)", "-", "kq7x2mfa"],
    ]);
    expect(err).toBe("5 entries.\n");
    for (const number of [1, 2, 3]) expect(out).not.toContain(sidOf(number));
  });

  test("--json gives an entry a line", async () => {
    const it = await mixed();
    const { out, err, code } = it.run("revocations list --json");
    const since = new Date(it.shell.now).toISOString();
    expect([code, err]).toEqual([0, ""]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        kind: "session",
        session: `${sidOf(1).slice(0, 6)}…`,
        state: "revoked",
        since,
        ends: "2026-01-05T15:30:00.000Z",
      },
      { kind: "session", session: `${sidOf(2).slice(0, 6)}…`, state: "revoked", since, ends: null },
      { kind: "user", user: "ada", since, generation: it.shell.now },
      {
        kind: "session",
        session: `${sidOf(3).slice(0, 6)}…`,
        state: "superseded",
        since,
        ends: "2026-01-05T10:30:00.000Z",
      },
      { kind: "key", key: "kq7x2mfa", since },
    ]);
  });

  test("--kind and --limit pick", async () => {
    const it = await mixed();
    const kinds = (options: string) =>
      it
        .run(`revocations list --json ${options}`)
        .out.split("\n")
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds("--kind user")).toEqual(["user"]);
    expect(kinds("--kind key")).toEqual(["key"]);
    expect(kinds("--kind session --limit 2")).toEqual(["session", "session"]);
    expect(kinds("--limit 3")).toEqual(["session", "session", "user"]);
  });

  test("a list of many pages has one header and one set of columns", async () => {
    const it = await place();
    await supersede(it, 2_500, it.shell.now + 30 * DAY);
    await it.store.revokeSubject("ada");
    const lines = it.run("revocations list").out.trimEnd().split("\n");
    expect(lines).toHaveLength(1 + 2_501);
    expect(lines.filter((line) => line.startsWith("KIND"))).toHaveLength(1);
    const column = lines[0]?.indexOf("WHICH");
    for (const line of lines.slice(1)) expect(line.search(/\S+$/)).toBe(column);
    expect(it.run("revocations list --limit 1500").out.trimEnd().split("\n")).toHaveLength(1 + 1_500);
  });

  test("an empty list, and an end of the pipe", async () => {
    const it = await place();
    expect(it.run("revocations list")).toEqual({ code: 0, out: "", err: "There is none.\n" });
    await supersede(it, 5_000, it.shell.now + HOUR);
    const { out, err, code } = it.run("revocations list | head -n 2");
    expect([out.split("\n").length, err, code]).toEqual([3, "", 0]);
  });

  test("a deadline beyond all dates does not break it", async () => {
    const it = await place();
    await it.store.revokeSession(sidOf(1), Number.MAX_SAFE_INTEGER);
    expect(it.run("revocations list").out).toContain("9999-12-31");
    expect(it.run("revocations list --json").code).toBe(0);
  });
});

test("revocations stats counts, and says which sessions are refused for their age", async () => {
  const it = await mixed();
  it.shell.now += 90 * 60_000;
  const { code, out } = it.run("revocations stats");
  expect(code).toBe(0);
  expect(out).toContain("Store     sessions.db\n");
  expect(out).toContain("Sessions  3 (2 revoked, 1 superseded)\n");
  expect(out).toContain("Users     1 signed out everywhere\n");
  expect(out).toContain("Keys      1 revoked\n");
  // Nobody ran revoke all: a list that begins refuses whatever was there before it.
  expect(out).toContain("Refused   sessions of before 2026-01-05 09:30 UTC (1h 30m ago)\n");
  expect(out).not.toContain("Everybody");
  expect(out).toContain("Kept for  12h where no deadline is known\n");
  expect(JSON.parse(it.run("revocations stats --json").out)).toEqual({
    list: (await it.store.stats()).list,
    sessions: 3,
    superseded: 1,
    users: 1,
    keys: 1,
    everybodySince: "2026-01-05T09:30:00.000Z",
    retention: "12h",
  });
});

describe("sessions", () => {
  test("list shows who is signed in where", async () => {
    const it = await place();
    await signIn(it, 1, "ada", "Firefox on Linux", 2 * HOUR);
    await signIn(it, 2, "ada", undefined, 10 * 60_000);
    await signIn(it, 3, "bob", "Phone");
    const { code, out, err } = it.run("sessions list --user ada");
    expect([code, err]).toEqual([0, "2 sign-ins.\n"]);
    const [header = "", ...rows] = out.trimEnd().split("\n");
    expect(header.split(/ {2,}/)).toEqual(["SESSION", "SIGN-IN", "SIGNED IN", "LAST SEEN", "ENDS", "USER", "LABEL"]);
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      [`${sidOf(1).slice(0, 6)}…`, sidOf(1_001), "2026-01-05 07:30 UTC", "2h ago", "in 6h", "ada", "Firefox on Linux"],
      [`${sidOf(2).slice(0, 6)}…`, sidOf(1_002), "2026-01-05 09:20 UTC", "10m ago", "in 7h 50m", "ada"],
    ]);
    expect(it.run("sessions list").err).toBe("3 sign-ins.\n");
    expect(JSON.parse(it.run("sessions list --json --user bob").out)).toEqual({
      session: `${sidOf(3).slice(0, 6)}…`,
      signIn: sidOf(1_003),
      user: "bob",
      label: "Phone",
      signedIn: "2026-01-05T09:30:00.000Z",
      lastSeen: "2026-01-05T09:30:00.000Z",
      ends: "2026-01-05T17:30:00.000Z",
    });
    for (const { out: text } of [it.run("sessions list"), it.run("sessions list --json")]) {
      expect(text).not.toContain(sidOf(1));
    }
    expect(it.run("sessions list --limit 2 --json").out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("count counts, of one user or of all", async () => {
    const it = await place();
    await signIn(it, 1, "ada");
    await signIn(it, 2, "ada");
    await signIn(it, 3, "bob");
    expect(it.run("sessions count")).toEqual({ code: 0, out: "3\n", err: "" });
    expect(it.run("sessions count --user ada").out).toBe("2\n");
    expect(it.run("sessions count --user nobody")).toEqual({ code: 0, out: "0\n", err: "" });
    expect(JSON.parse(it.run("sessions count --user ada --json").out)).toEqual({ count: 2, user: "ada" });
  });

  test("where nobody is in it, they say that the directory is opt-in", async () => {
    const it = await place();
    for (const command of [
      "sessions list",
      "sessions count",
      "sessions list --user ada",
      "sessions count --user ada",
    ]) {
      const { code, err } = it.run(command);
      expect(code).toBe(0);
      expect(err).toContain("The directory is opt-in: createSessionManager({ directory: true");
    }
    await signIn(it, 1, "bob");
    expect(it.run("sessions list --user ada").err).toBe("Nobody is signed in there.\n");
  });

  test.each(["sessions list --user ''", "sessions count --user ''", "sessions list --limit 0", "sessions lst"])(
    "%s is not understood",
    async (command) => {
      const { code, out } = (await place()).run(command);
      expect([code, out]).toEqual([2, ""]);
    },
  );
});

test.each([
  "revocations list --kind subject",
  "revocations list --limit all",
  "revocations stats now",
  "revocations prune --batch 0",
])("%s is not understood", async (command) => {
  const { code, out, err } = (await place()).run(command);
  expect([code, out]).toEqual([2, ""]);
  expect(err).not.toMatch(/\n {4}at /);
});

test("nothing in a store steers a terminal", async () => {
  const it = await place();
  await signIn(it, 1, `ada${EVIL}`, EVIL.repeat(20));
  await it.store.revokeSubject(EVIL);
  await it.store.revokeKeys([EVIL]);
  for (const command of ["revocations list", "sessions list", "revocations stats", "sessions count"]) {
    for (const json of ["", " --json"]) {
      const { code, out, err } = it.run(command + json);
      expect(code).toBe(0);
      expect((out + err).replaceAll("\n", ""), command + json).not.toMatch(CONTROL);
    }
  }
  const revoked = it.run('revoke user "$EVIL"', { env: { EVIL } });
  expect(revoked.code).toBe(0);
  expect(revoked.err.replaceAll("\n", "")).not.toMatch(CONTROL);
});
