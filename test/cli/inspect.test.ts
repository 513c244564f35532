import { createKeyring, createSealer } from "sealed-session";
import { describe, expect, test } from "vitest";
import {
  application,
  DAY,
  HOUR,
  inspectJson,
  iso,
  MINUTE,
  oneKey,
  ringOf,
  ringText,
  run,
  signedIn,
} from "./support/inspect.js";

describe("with the ring", () => {
  test("a signed-in session and its renewal: everything that is sealed in it, but not its data", async () => {
    const { browser, ring, issuedAt, renewedAt, sid } = await signedIn();
    const { findings, ...report } = await inspectJson(`theme=dark; ${browser.header}`, ring);
    expect(report).toMatchObject({
      form: "cookie header",
      ring: { origin: "environment", from: "SESSION_KEYRING", ringId: "testring", revision: 3 },
      accepted: true,
      revocation: "not asked",
      others: ["theme"],
    });
    const [session, seen] = findings;
    expect(findings).toHaveLength(2);
    expect(session).toMatchObject({
      kind: "session",
      name: "app",
      cookies: [{ name: "__Host-app", bytes: `__Host-app=${browser.cookies.get("__Host-app")}`.length }],
      key: { id: "k1", state: "active" },
      verdict: "accepted",
      dataBytes: JSON.stringify({ cart: ["private-thing"] }).length,
    });
    expect(session?.session).toEqual({
      id: `${sid.slice(0, 6)}…`,
      subject: "ada",
      issuedAt: iso(issuedAt),
      renewedAt: iso(renewedAt),
      renewedBySeen: true,
      idleDeadline: iso(renewedAt + 2 * HOUR),
      absoluteDeadline: iso(issuedAt + DAY),
      lineage: [{ id: "k1", state: "active" }],
      generations: { all: 0, subject: 0 },
      schemaVersion: 0,
    });
    expect(session).not.toHaveProperty("data");
    expect(seen).toMatchObject({
      kind: "seen",
      verdict: "accepted",
      remark: `it renews the session ${sid.slice(0, 6)}…`,
    });
  });

  test("a login that chose its own timeouts and a cookie for the window", async () => {
    const { browser, visit } = application(oneKey(), MINUTE);
    await visit((session) => session.login("ada", { idleTimeout: "30m", persistent: false }));
    const { findings } = await inspectJson(browser.header, ringText(oneKey()));
    expect(findings[0]?.session).toMatchObject({ ownIdleTimeout: 30 * MINUTE, persistent: false });
  });

  test("a guest's session with a message", async () => {
    const { browser, visit } = application(oneKey(), MINUTE);
    await visit(async (session) => {
      session.data["cart"] = ["tea"];
      session.flash("notice", "Saved");
      await session.save();
    });
    const { findings, accepted } = await inspectJson(browser.header, ringText(oneKey()), ["--reveal"]);
    expect(accepted).toBe(true);
    expect(findings.map(({ kind, data }) => [kind, data])).toEqual([
      ["guest", { cart: ["tea"] }],
      ["flash", [["notice", "Saved", expect.any(Number)]]],
    ]);
    expect(findings[0]?.session).not.toHaveProperty("subject");
  });

  test("a session of 9 KB in its chunks", async () => {
    const { browser, visit } = application(oneKey(), MINUTE);
    await visit(async (session) => {
      session.data["text"] = "x".repeat(6_500);
      await session.login("ada");
    });
    const { findings } = await inspectJson(browser.header, ringText(oneKey()));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      kind: "session",
      verdict: "accepted",
      dataBytes: 6_500 + `{"text":""}`.length,
    });
    expect(findings[0]?.cookies.map(({ name, bytes }) => [name, bytes])).toEqual(
      [...browser.cookies].map(([name, value]) => [name, name.length + 1 + value.length]),
    );
    expect(findings[0]?.cookies.length).toBe(3);
  });

  test("what a response sets: whole lines, attributes counted, removals named; among other headers, too", async () => {
    const { browser, visit } = application(oneKey(), MINUTE);
    await visit((session) => {
      session.data["cart"] = ["tea"];
      return session.save();
    });
    const { setCookies } = await visit((session) => session.login("ada"));
    expect(setCookies).toHaveLength(2);
    for (const text of [
      setCookies.join("\n"),
      ["HTTP/1.1 200 OK", ...setCookies.map((line) => `set-cookie: ${line}`), "Content-Length: 2", ""].join("\r\n"),
      setCookies.map((line) => `< Set-Cookie: ${line}`).join("\n"),
    ]) {
      const { form, findings, removed } = await inspectJson(text, ringText(oneKey()));
      const line = setCookies.find((one) => one.startsWith("__Host-app="));
      expect(form).toBe("set-cookie");
      expect(findings.map(({ kind, cookies }) => [kind, cookies])).toEqual([
        ["session", [{ name: "__Host-app", bytes: line?.length }]],
      ]);
      expect(removed).toEqual(["__Host-app.guest"]);
    }
    expect(browser.cookies.size).toBe(1);
  });

  test("a sealer's token opens for its purpose only", async () => {
    const keyring = createKeyring(ringOf(oneKey()));
    const token = await createSealer({ keyring, purpose: "reset-link" }).seal({ user: 42 }, { ttl: "15m" });
    const [right] = (await inspectJson(token, ringText(oneKey()), ["--purpose", "reset-link", "--reveal"])).findings;
    expect(right).toMatchObject({ kind: "sealer", verdict: "accepted", dataBytes: 11, data: { user: 42 } });
    const [wrong] = (await inspectJson(token, ringText(oneKey()), ["--purpose", "magic-link"])).findings;
    expect(wrong).toMatchObject({ kind: "sealer", verdict: "refused", reason: "tampered" });
    const [cookie] = (await inspectJson(token, ringText(oneKey()), ["--name", "app"])).findings;
    expect(cookie).toMatchObject({ verdict: "refused", reason: "tampered" });
  });

  test("a sealer's token that is past its time", async () => {
    const keyring = createKeyring(ringOf(oneKey()));
    const clock = (): number => Date.now() - HOUR;
    const token = await createSealer({ keyring, purpose: "reset-link", clock }).seal(1, { ttl: "15m" });
    const { findings } = await inspectJson(token, ringText(oneKey()), ["--purpose", "reset-link"]);
    expect(findings[0]).toMatchObject({ verdict: "refused", reason: "expired" });
  });

  test("a bare value: of the manager that is named, whichever cookie's it is", async () => {
    const { browser, keys, ring } = await signedIn();
    const value = browser.cookies.get("__Host-app") ?? "";
    const kinds = async (args: string[], text = value) =>
      (await inspectJson(text, ring, args)).findings.map(({ kind, verdict, reason }) => [kind, verdict, reason]);
    expect(await kinds(["--name", "app"])).toEqual([["session", "accepted", undefined]]);
    expect(await kinds(["--name", "__Host-app"])).toEqual([["session", "accepted", undefined]]);
    expect(await kinds(["--name", "__Host-app.guest"])).toEqual([["guest", "refused", "misplaced"]]);
    expect(await kinds(["--name", "other"])).toEqual([["value", "refused", "tampered"]]);
    expect(await kinds([])).toEqual([["value", "unverified", undefined]]);
    expect(await kinds(["--name", "app"], browser.cookies.get("__Host-app.seen"))).toEqual([
      ["seen", "unverified", undefined],
    ]);
    const { visit, browser: other } = application(keys, MINUTE);
    await visit((session) => {
      session.flash("notice", "Saved");
      return session.save();
    });
    expect(await kinds(["--name", "app"], other.cookies.get("__Host-app.flash"))).toEqual([
      ["flash", "accepted", undefined],
    ]);
    const { stderr } = await run(["inspect"], value, { env: { SESSION_KEYRING: ring } });
    expect(stderr).toContain("--name app");
  });
});

describe("without a ring", () => {
  test("what it claims, and that nothing of it is verified", async () => {
    const { browser, issuedAt, renewedAt } = await signedIn();
    const { findings, ring, accepted } = await inspectJson(browser.header);
    expect([ring, accepted]).toEqual([null, null]);
    expect(findings.map(({ kind, verdict, key, claimed }) => ({ kind, verdict, key, claimed }))).toEqual([
      {
        kind: "session",
        verdict: "unverified",
        key: { id: "k1" },
        claimed: { until: iso(issuedAt + 2 * HOUR), verified: false },
      },
      {
        kind: "seen",
        verdict: "unverified",
        key: { id: "k1" },
        claimed: { until: iso(renewedAt + 2 * HOUR), renewedAt: iso(renewedAt), verified: false },
      },
    ]);
    expect(findings.some((finding) => "session" in finding || "dataBytes" in finding)).toBe(false);
    const { stdout, stderr, code } = await run(["inspect"], browser.header);
    expect(code).toBe(0);
    expect(stdout).toMatch(/idle until +\d{4}-\d\d-\d\d \d\d:\d\d UTC \(.*\) {2}CLAIMED, not verified/);
    expect(stderr).toContain("There is no key ring: nothing here is verified");
    expect(stderr).toContain("Hint: Name the ring's file with --file");
  });

  test("an expiry that is no date", async () => {
    const header = `app=Fe26.2*k1**${"A".repeat(22)}*${"A".repeat(22)}*9007199254740991**${"A".repeat(43)}`;
    expect((await inspectJson(header)).findings[0]?.claimed).toEqual({ until: null, verified: false });
    expect((await run(["inspect"], header)).stdout).toContain("beyond the year 9999");
  });
});
