import { describe, expect, test } from "vitest";
import { application, DAY, HOUR, inspectJson, iso, MINUTE, ringSecret, ringText, signedIn } from "./support/inspect.js";

describe("why it is not accepted", () => {
  const verdictOf = async (header: string, ring: string) => {
    const { findings, accepted } = await inspectJson(header, ring);
    return { accepted, verdicts: findings.map(({ kind, reason }) => [kind, reason]), first: findings[0] };
  };

  test("another ring's key", async () => {
    const { browser } = await signedIn();
    const other = [{ id: "k9", secret: ringSecret(9), activateAt: 0 }];
    const { verdicts, first } = await verdictOf(browser.header, ringText(other));
    expect(verdicts).toEqual([
      ["session", "unknown_key"],
      ["seen", undefined],
    ]);
    expect(first?.key).toEqual({ id: "k1", state: "unknown" });
  });

  test("another secret under the same key id", async () => {
    const { browser } = await signedIn();
    const other = [{ id: "k1", secret: ringSecret(9), activateAt: 0 }];
    expect((await verdictOf(browser.header, ringText(other))).verdicts[0]).toEqual(["session", "tampered"]);
  });

  test("one character altered, or cut off at the end", async () => {
    const { browser, ring } = await signedIn();
    const value = browser.cookies.get("__Host-app") ?? "";
    const at = value.indexOf("**") + 5;
    const altered = value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
    expect((await verdictOf(`__Host-app=${altered}`, ring)).first).toMatchObject({ reason: "tampered" });
    const { first } = await verdictOf(`__Host-app=${value.slice(0, -10)}`, ring);
    expect(first).toMatchObject({ verdict: "refused", reason: "malformed" });
    expect(first?.problem).toBe("its MAC has 33 of 43 characters: it was cut off at the end");
  });

  const K1 = { id: "k1", secret: ringSecret(1), activateAt: Date.now() - 30 * DAY };
  const K2 = { id: "k2", secret: ringSecret(2), activateAt: Date.now() - 30 * MINUTE };

  test("a retired key, a revoked one", async () => {
    const old = { ...K2, activateAt: Date.now() - 10 * DAY };
    const early = application([K1], 20 * DAY);
    await early.visit((session) => session.login("ada"));
    const retired = { ...K1, retireAt: Date.now() - 2 * DAY };
    const { first } = await verdictOf(early.browser.header, ringText([retired, old]));
    expect(first).toMatchObject({ reason: "key_retired", key: { id: "k1", state: "retired" } });
    const fresh = application([K1], HOUR);
    await fresh.visit((session) => session.login("ada"));
    const revoked = { ...K1, revokedAt: Date.now() - MINUTE, reason: "leaked" };
    const after = await verdictOf(fresh.browser.header, ringText([revoked, K2]));
    expect(after.first).toMatchObject({ reason: "key_revoked", key: { id: "k1", state: "revoked" } });
    expect(after.first).not.toHaveProperty("session");
  });

  test("a revoked key that the data came through, also when only its tombstone is left", async () => {
    const { browser, clock, visit } = application([K1], HOUR);
    await visit((session) => session.login("ada"));
    clock.advance(45 * MINUTE);
    await visit(
      (session) => {
        session.data["more"] = 1;
        return session.save();
      },
      [K1, K2],
    );
    const alive = await verdictOf(browser.header, ringText([K1, K2]));
    expect(alive.first?.session?.["lineage"]).toEqual([
      { id: "k1", state: "retiring" },
      { id: "k2", state: "active" },
    ]);
    expect(alive.accepted).toBe(true);
    const revoked = { ...K1, revokedAt: Date.now() - MINUTE };
    const { secret: _destroyed, ...tombstone } = revoked;
    for (const [key, state] of [
      [revoked, "revoked"],
      [tombstone, "destroyed"],
    ] as const) {
      const { first } = await verdictOf(browser.header, ringText([key, K2]));
      expect(first).toMatchObject({
        reason: "key_revoked",
        remark: "its data came through the revoked key k1",
        key: { id: "k2", state: "active" },
        session: { subject: "ada", lineage: [{ id: "k1", state }, { id: "k2" }] },
      });
    }
  });

  test("not used for too long, over, made in the future", async () => {
    const at = async (ago: number) => {
      const { browser, visit } = application([K1], ago);
      await visit((session) => session.login("ada"));
      return (await verdictOf(browser.header, ringText([K1]))).first;
    };
    expect(await at(3 * HOUR)).toMatchObject({ reason: "idle", session: { subject: "ada" } });
    expect(await at(25 * HOUR)).toMatchObject({ reason: "expired" });
    expect(await at(-HOUR)).toMatchObject({ reason: "premature" });
    expect(await at(-MINUTE)).toMatchObject({ verdict: "accepted" });
  });

  test("a guest's session in the signed-in one's place", async () => {
    const { browser, visit } = application([K1], MINUTE);
    await visit((session) => {
      session.data["cart"] = ["tea"];
      return session.save();
    });
    const guest = browser.cookies.get("__Host-app.guest") ?? "";
    const { verdicts } = await verdictOf(`__Host-app=${guest}`, ringText([K1]));
    expect(verdicts).toEqual([["session", "misplaced"]]);
  });

  test("a renewal of another session", async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    const seen = two.browser.cookies.get("__Host-app.seen") ?? "";
    const header = `__Host-app=${one.browser.cookies.get("__Host-app")}; __Host-app.seen=${seen}`;
    const { verdicts, first } = await verdictOf(header, one.ring);
    expect(verdicts).toEqual([
      ["session", undefined],
      ["seen", "tampered"],
    ]);
    expect(first?.session).toMatchObject({ renewedBySeen: false, renewedAt: iso(one.issuedAt) });
  });

  test("two live sessions in one request; of two values of one session the later one counts", async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    const value = ({ browser }: typeof one) => `__Host-app=${browser.cookies.get("__Host-app")}`;
    const both = await verdictOf(`${value(one)}; ${value(two)}`, one.ring);
    expect(both.verdicts).toEqual([
      ["session", "ambiguous"],
      ["session", "ambiguous"],
    ]);
    const before = value(one);
    one.clock.advance(MINUTE);
    await one.visit((session) => {
      session.data["more"] = 1;
      return session.save();
    });
    const { findings, accepted } = await inspectJson(`${before}; ${value(one)}`, one.ring);
    expect(accepted).toBe(true);
    expect(findings.map(({ remark }) => remark)).toEqual([
      "another value of the same session was sealed later and counts",
      undefined,
    ]);
  });

  test("a chunk that is missing, and one that is left over beside a whole token", async () => {
    const { browser, visit } = application([K1], MINUTE);
    await visit(async (session) => {
      session.data["text"] = "x".repeat(6_500);
      await session.login("ada");
    });
    const chunks = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
    const { findings, accepted } = await inspectJson([chunks[0], chunks[2]].join("; "), ringText([K1]));
    expect(accepted).toBe(false);
    expect(findings.map(({ kind, problem }) => [kind, problem])).toEqual([
      ["chunk", "chunk 1 of 3, without chunk 2 of the same token"],
      ["chunk", "chunk 3 of 3, without chunk 2 of the same token"],
    ]);
    const stray = chunks[1]?.replace("=3", "=2").replace(".1=2....", ".1=2ZZZZ") ?? "";
    const beside = await inspectJson([...chunks, stray].join("; "), ringText([K1]));
    expect(beside.findings.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ["session", "accepted"],
      ["chunk", "refused"],
    ]);
    expect(beside.findings[1]?.problem).toContain("left over from another response: chunk 2 of 2");
  });

  test("iron-session's own cookie is told apart", async () => {
    const header = `app=Fe26.2*1*${"a".repeat(64)}*${"b".repeat(22)}*${"c".repeat(22)}*1795306184012*${"d".repeat(64)}*${"e".repeat(43)}`;
    const { first } = await verdictOf(header, ringText([K1]));
    expect(first?.problem).toContain("sealed with a password, by iron-session");
  });
});
