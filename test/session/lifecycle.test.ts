import { expect, test } from "vitest";
import { Browser, testManager, visit } from "../support/sessions.js";

test("a session goes out as a cookie and comes back as a session", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  const first = await visit(sessions, browser.header);
  expect(first.session.isNew).toBe(true);
  expect(first.session.info().cipher).toBe(process.env["EXPECTED_CIPHER"]);
  first.session.data["user"] = { id: 1 };
  expect(await first.session.save()).toEqual({ written: true });
  browser.store(first.setCookies());

  const second = await visit(sessions, browser.header);
  expect(second.session.isNew).toBe(false);
  expect(second.session.data).toEqual({ user: { id: 1 } });
  expect(await second.session.save()).toEqual({ written: false, reason: "unchanged" });
  expect(second.setCookies()).toEqual([]);
});
