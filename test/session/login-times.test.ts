import { expect, test } from "vitest";
import type { LoginOptions } from "sealed-session";
import { loginTimes } from "../../dist/session/login.js";
import { resolveOptions } from "../../dist/session/options.js";
import { play } from "../support/play.js";
import { Browser, SECRET, testManager } from "../support/sessions.js";

const settings = resolveOptions({
  name: "times",
  keyring: SECRET,
  idleTimeout: "1h",
  absoluteTimeout: "1d",
  remember: { idleTimeout: "7d", absoluteTimeout: "30d" },
});
const DAY = 86_400;

test.each<[LoginOptions, object]>([
  [{}, { max: DAY, idl: undefined, per: undefined }],
  [{ label: "Firefox" }, { max: DAY, idl: undefined, per: undefined }],
  [{ remember: false }, { max: DAY, idl: undefined, per: undefined }],
  [{ persistent: true }, { max: DAY, idl: undefined, per: true }],
  [{ persistent: false }, { max: DAY, idl: undefined, per: false }],
  [{ remember: true }, { max: 30 * DAY, idl: 7 * DAY, per: true }],
  [
    { remember: true, persistent: false },
    { max: 30 * DAY, idl: 7 * DAY, per: false },
  ],
  [{ idleTimeout: "5m" }, { max: DAY, idl: 300, per: undefined }],
  [
    { idleTimeout: "2d", absoluteTimeout: "2d" },
    { max: 2 * DAY, idl: 2 * DAY, per: undefined },
  ],
  [{ absoluteTimeout: "2d" }, { max: 2 * DAY, idl: 3_600, per: undefined }],
  [{ absoluteTimeout: "10m" }, { max: 600, idl: 600, per: undefined }],
  [
    { idleTimeout: 1_999, absoluteTimeout: 2_999 },
    { max: 2, idl: 1, per: undefined },
  ],
])("login(subject, %o) seals its own times only where it asks for some", (options, times) => {
  expect(loginTimes(settings, options)).toStrictEqual(times);
});

test("what is no duration is refused under its name", () => {
  const soon = "soon" as "1h";
  expect(() => loginTimes(settings, { idleTimeout: soon })).toThrow(/^idleTimeout: "soon" is not a duration/);
  expect(() => loginTimes(settings, { absoluteTimeout: soon })).toThrow(/^absoluteTimeout: "soon" is not a duration/);
});

test("today's timeouts bind a login that asked for none", async () => {
  const { sessions, name, clock } = testManager({ idleTimeout: "1h" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const stricter = testManager({ name, clock: clock.now, idleTimeout: "30m", remember: { idleTimeout: "1h" } });
  clock.advance(30 * 60_000 + 1);
  await play(stricter.sessions, browser, (session) => expect(session.rejection).toBe("idle"));
});
