import { expect, test } from "vitest";
import { CookieTooLargeError, memoryStore } from "sealed-session";
import { Browser, testManager, visit } from "../support/sessions.js";

test("a session grows over several cookies and shrinks back without leftovers", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const names = async (text: string): Promise<string[]> => {
    const { session, setCookies } = await visit(sessions, browser.header);
    session.data["text"] = text;
    await session.save();
    browser.store(setCookies());
    expect(session.info().chunks).toBe(browser.cookies.size);
    expect((await visit(sessions, browser.header)).session.data).toEqual({ text });
    return [...browser.cookies.keys()].map((cookie) => cookie.replace(`__Host-${name}.guest`, ""));
  };
  expect(await names("s")).toEqual([""]);
  expect(await names("m".repeat(4_000))).toEqual([".0", ".1"]);
  expect(await names("l".repeat(9_000))).toEqual([".0", ".1", ".2", ".3"]);
  expect(await names("m".repeat(4_001))).toEqual([".0", ".1"]);
  expect(await names("t")).toEqual([""]);
});

test("data that does not fit is an error that says by how much, and changes nothing", async () => {
  const { sessions } = testManager();
  const { session, setCookies } = await visit(sessions, "");
  session.data["text"] = "x".repeat(20_000);
  const error: unknown = await session.save().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "CookieTooLargeError", code: "ERR_COOKIE_TOO_LARGE", limit: 13_000 });
  expect((error as CookieTooLargeError).bytes).toBeGreaterThan(26_000);
  expect(setCookies()).toEqual([]);
  session.data["text"] = "x";
  expect(await session.save()).toEqual({ written: true });
});

test("regression: what does not fit is found before the store is asked, to the byte", async () => {
  const store = memoryStore({ name: `fits-${process.pid}` });
  let issued = 0;
  const revocation: typeof store = { ...store, issue: (query) => (issued++, store.issue(query)) };
  const { sessions } = testManager({ revocation, remember: { absoluteTimeout: "400d" } });
  const tooLarge = { before: 0, after: 0 };
  for (let length = 9_000; length < 9_300; length += 4) {
    const { session, setCookies } = await visit(sessions, "");
    session.data["text"] = "x".repeat(length);
    const asked = issued;
    const failed = await session.login("user", { remember: true }).then(
      () => false,
      (error: unknown) => error instanceof CookieTooLargeError,
    );
    expect([length, failed, setCookies().length]).toEqual([length, failed, failed ? 0 : 4]);
    if (failed) tooLarge[issued === asked ? "before" : "after"]++;
  }
  expect(tooLarge.before).toBeGreaterThan(0);
  expect(tooLarge.before).toBeLessThan(75);
  expect(tooLarge.after).toBe(0);
});

test("regression: flash messages that no browser would keep are an error, before anything is written", async () => {
  const { sessions } = testManager();
  const results: boolean[] = [];
  for (let length = 1_000; length < 1_500; length += 10) {
    const { session, setCookies } = await visit(sessions, "");
    session.data["a"] = 1;
    session.flash("notice", "x".repeat(length));
    const error: unknown = await session.save().catch((thrown: unknown) => thrown);
    results.push(error instanceof CookieTooLargeError);
    if (error instanceof CookieTooLargeError) {
      expect(error.message).toBe(
        `The flash messages need ${error.bytes} bytes of cookie, at most 2000 are possible. Make them shorter`,
      );
      expect(setCookies()).toEqual([]);
    } else {
      expect(setCookies()).toHaveLength(2);
      for (const line of setCookies()) expect(line.length).toBeLessThanOrEqual(4_096);
    }
  }
  // First all fit, then none does.
  expect(results.lastIndexOf(false)).toBeLessThan(results.indexOf(true));
  expect(new Set(results)).toEqual(new Set([false, true]));
});
