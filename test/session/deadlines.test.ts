import { expect, test } from "vitest";
import {
  currentIdleTimeout,
  deadlines,
  dueRenewal,
  latest,
  overdue,
  sealingTimes,
} from "../../dist/session/lifetimes.js";

/* The rules by which a session lives, on small numbers: began at 10 s, sealed for an hour, idle for ten minutes. */

const S = 1_000;
const BEGAN = 10 * S;
const times = { iat: BEGAN, max: 3_600, ren: 60 };
const limits = { idle: 600 * S, absolute: 3_600 * S };
const renewedAt = BEGAN + 60 * S;
const absolute = BEGAN + 3_600 * S;

test("of renewals the latest instant of each kind counts", () => {
  expect(latest([])).toBeUndefined();
  expect(latest([{ ren: 5, deadline: 9 }])).toEqual({ ren: 5, deadline: 9 });
  expect(latest([{ ren: 5, deadline: 20 }, { ren: 7, deadline: 9, kid: "k" }])).toEqual({ ren: 7, deadline: 20 }); // prettier-ignore
});

test.each([
  ["what was sealed", {}, renewedAt + 600 * S, undefined, { renewedAt, idle: renewedAt + 600 * S, absolute }],
  ["an expiry that came sooner", {}, 100 * S, undefined, { renewedAt, idle: 100 * S, absolute }],
  ["a renewal", {}, 100 * S, { ren: 300 * S, deadline: 900 * S }, { renewedAt: 300 * S, idle: 900 * S, absolute }],
  ["a renewal of before", {}, 200 * S, { ren: 20 * S, deadline: 150 * S }, { renewedAt, idle: 200 * S, absolute }],
  [
    "today's idle timeout, where it is shorter",
    { idle: 60 * S },
    9_000 * S,
    undefined,
    { renewedAt, idle: renewedAt + 60 * S, absolute },
  ],
  [
    "today's absolute timeout, where it is shorter",
    { absolute: 200 * S },
    9_000 * S,
    undefined,
    { renewedAt, idle: BEGAN + 200 * S, absolute: BEGAN + 200 * S },
  ],
  [
    "the sealed one, where that is",
    { absolute: 9_999 * S, idle: 9_999 * S },
    99_999 * S,
    undefined,
    { renewedAt, idle: absolute, absolute },
  ],
])("the deadlines: %s", (_what, today, expiry, renewal, expected) => {
  expect(deadlines(times, expiry, renewal, { ...limits, ...today })).toEqual(expected);
});

test("a deadline itself is within, and so is a beginning that clocks may differ by", () => {
  const at = { renewedAt, idle: 500, absolute: 900 };
  const over = (now: number): string | undefined => overdue({ ...times, iat: 100 }, at, now, 50);
  expect([over(49), over(50), over(500), over(501), over(900), over(901)]).toEqual([
    "premature",
    undefined,
    undefined,
    "idle",
    "idle",
    "expired",
  ]);
});

test("what is sealed: whole seconds since the beginning, and the idle deadline up to the absolute one", () => {
  expect(sealingTimes(times, limits, BEGAN + 5_999)).toEqual({ ren: 5, expiry: BEGAN + 5 * S + 600 * S });
  expect(sealingTimes({ ...times, idl: 30 }, limits, BEGAN + 5 * S)).toEqual({ ren: 5, expiry: BEGAN + 35 * S });
  expect(sealingTimes(times, limits, BEGAN + 3_500 * S)).toEqual({ ren: 3_500, expiry: absolute });
  // A clock that is behind the one that began it.
  expect(sealingTimes(times, limits, BEGAN - 5 * S)).toEqual({ ren: 0, expiry: BEGAN + 600 * S });
});

test("a renewal is due when more than its share of the idle timeout has passed, and it gains anything", () => {
  const current = { renewedAt, idle: renewedAt + 600 * S, absolute };
  const due = (now: number, more: object = {}) => dueRenewal(times, { ...current, ...more }, limits, 0.25, now);
  expect(due(renewedAt + 150 * S)).toBeUndefined();
  const now = renewedAt + 150 * S + 1;
  expect(due(now)).toEqual({ ren: now, deadline: now + 600 * S });
  expect(due(now, { absolute: now + 500 * S })).toEqual({ ren: now, deadline: now + 500 * S });
  expect(due(now, { absolute: current.idle })).toBeUndefined();
  expect(due(now, { absolute: current.idle + 1 })).toEqual({ ren: now, deadline: current.idle + 1 });
});

test("a login's own idle timeout binds while today's is no shorter", () => {
  expect([undefined, 30, 600, 900].map((idl) => currentIdleTimeout({ idl }, limits))).toEqual(
    [600, 30, 600, 600].map((seconds) => seconds * S),
  );
  const own = { ...times, idl: 40 };
  const current = { renewedAt, idle: renewedAt + 40 * S, absolute };
  expect(dueRenewal(own, current, limits, 0.25, renewedAt + 10 * S)).toBeUndefined();
  const now = renewedAt + 10 * S + 1;
  expect(dueRenewal(own, current, limits, 0.25, now)).toEqual({ ren: now, deadline: now + 40 * S });
});
