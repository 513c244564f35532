import { expect, test } from "vitest";
import { createNextSessions } from "sealed-session/next";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

test("destroySession(req, res) ends the request's session, for whoever has a copy, and clears its cookie", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const lines: string[] = [];
  const response = {
    headersSent: false,
    getHeader: () => undefined,
    setHeader: (header: string, value: string | readonly string[]) =>
      void (header === "Set-Cookie" && lines.push(...[value].flat())),
  };
  await createNextSessions(sessions).destroySession({ headers: { cookie: browser.header } }, response);
  expect(lines.map((line) => line.split("; ").slice(0, 2))).toEqual([[`__Host-${name}=`, "Max-Age=0"]]);
  const { session } = await visit(sessions, browser.header);
  expect([session.subject, session.rejection]).toEqual([undefined, "revoked"]);
});
