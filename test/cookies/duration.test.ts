import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigurationError, createSessionManager, type Duration } from "sealed-session";
import { formatDuration, parseDuration } from "../../dist/duration.js";
import { SECRET } from "../support/sessions.js";

test.each<[Duration, number]>([
  [1, 1], [250, 250], ["1ms", 1], ["2s", 2_000], ["30m", 1_800_000], ["12h", 43_200_000], ["14d", 1_209_600_000], ["2w", 1_209_600_000],
  ["1.5h", 5_400_000], ["0.5s", 500], ["36500d", 36_500 * 86_400_000],
])("%j is %i ms", (text, ms) => {
  expect(parseDuration(text, "x")).toBe(ms);
}); // prettier-ignore

const NOT: readonly unknown[] = [
  0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 3_153_600_000_001, "", "30", "30 m", " 30m", "30m ", "30M", "30min", "1h30m", "-1h", "+1h", "1e3s",
  "0s", "0.0001s", "1.h", ".5h", "NaNs", "٣m", "36501d", "99999999999w", "1y", null, undefined, true, {}, [], "__proto__", "1constructor",
]; // prettier-ignore

test.each(NOT.map((value) => [value]))("%j is refused, with the option's name and how to write one", (value) => {
  expect(() => parseDuration(value as Duration, "idleTimeout")).toThrow(ConfigurationError);
  expect(() => parseDuration(value as Duration, "idleTimeout")).toThrow(
    /^idleTimeout: .* is not a duration; .*"30m", "12h" or "14d"/,
  );
});

test("the shortest text reads back as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 36_500 * 86_400_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms) as Duration, "x")).toBe(ms);
    }),
  );
});

test("a manager names the option that is wrong", () => {
  const make = (options: object) => () => createSessionManager({ name: "app", keyring: SECRET, ...options });
  for (const option of ["idleTimeout", "absoluteTimeout", "renewAfter", "revocationTimeout", "skew"]) {
    expect(make({ [option]: "soon" })).toThrow(`${option}: "soon" is not a duration`);
  }
  expect(make({ remember: { idleTimeout: "soon" } })).toThrow('remember.idleTimeout: "soon" is not a duration');
  expect(make({ idleTimeout: "2h", absoluteTimeout: "1h" })).toThrow(
    "absoluteTimeout: 1h is below the idleTimeout of 2h",
  );
});
