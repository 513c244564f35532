import { expect, test } from "vitest";
import { testManager, visit } from "../support/sessions.js";

/* I7: length is looked at first. */

test("a Cookie header too long to be read is a rejection that the session tells of, too", async () => {
  const reasons: string[] = [];
  const { sessions } = testManager({ on: { rejected: ({ reason }) => void reasons.push(reason) } });
  const { session, setCookies } = await visit(sessions, `a=${"x".repeat(66_000)}`);
  expect(session.isNew).toBe(true);
  expect(session.rejection).toBe("malformed");
  expect(reasons).toEqual(["malformed"]);
  expect(setCookies()).toEqual([]);
});
