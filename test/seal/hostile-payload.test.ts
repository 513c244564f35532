import { expect, test } from "vitest";
import { createSessionManager, type RejectionReason } from "sealed-session";
import { Browser, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";
import { bareKeyId, deriveKeys, writeToken } from "./reader.js";

/*
 * I7: what the fuzzing found, or could: authentic tokens (of another version, or from whoever has the key) whose content
 * is hostile. None may make open() throw.
 */
const SID = "A".repeat(22);
const kid = bareKeyId(SECRET);

function forge(name: string, now: number, fields: object, dat: string): string {
  const head = JSON.stringify({ sid: SID, iat: now, max: 60, gen: "0", ...fields }).slice(0, -1);
  return `__Host-${name}.guest=${writeToken(`${head},"dat":${dat}}`, kid, deriveKeys(SECRET, "session", name), now + 1_000)}`;
}

test("regression: a flash cookie that holds no messages is ignored", async () => {
  const { sessions, clock, name } = testManager();
  for (const text of [
    "[1]",
    '["notice"]',
    '[["notice"]]',
    "[[1,2]]",
    '[["a","b","c"]]',
    "{}",
    "null",
    '[["__proto__",1]',
  ] as const) {
    const token = writeToken(text, kid, deriveKeys(SECRET, "flash", name), clock.now() + 1_000);
    const { session } = await visit(sessions, `__Host-${name}.flash=${token}`);
    expect(session.flash("notice")).toBeUndefined();
  }
  const later = clock.now() + 1_000;
  const token = writeToken(
    `[["notice","hello",${later}],["__proto__",1,${later}]]`,
    kid,
    deriveKeys(SECRET, "flash", name),
    clock.now() + 1_000,
  );
  const { session } = await visit(sessions, `__Host-${name}.flash=${token}`);
  expect([session.flash("notice"), session.flash("__proto__"), session.flash("toString")]).toEqual([
    "hello",
    1,
    undefined,
  ]);
});

test("regression: data of a newer schema that this version could not write is a rejection", async () => {
  const { sessions, clock, name } = testManager();
  const deep = `${"[".repeat(600)}${"]".repeat(600)}`;
  const { session } = await visit(sessions, forge(name, clock.now(), { sv: 1 }, `{"a":${deep}}`));
  expect(session).toMatchObject({ isNew: true, rejection: "schema" });
  const readable = await visit(sessions, forge(name, clock.now(), { sv: 1 }, '{"a":1}'));
  expect(readable.session).toMatchObject({ id: SID, isNew: false, data: {} });
});

test("regression: with a codec, data that is no text is a rejection, even if it cannot be made one", async () => {
  const clock = fixedClock();
  const name = `codec-${process.pid}`;
  const codec = {
    stringify: (value: unknown) => JSON.stringify(value),
    parse: (text: string): unknown => JSON.parse(text),
  };
  const sessions = createSessionManager({ name, keyring: SECRET, clock: clock.now, codec });
  for (const dat of ['{"toString":1,"valueOf":1}', "[[]]", "1", "null"]) {
    for (const sv of [0, 1]) {
      const { session } = await visit(sessions, forge(name, clock.now(), { sv }, dat));
      if (sv === 0) expect([dat, session.rejection]).toEqual([dat, "schema"]);
      expect(await session.save()).toMatchObject({ written: false });
    }
  }
  const { session } = await visit(sessions, forge(name, clock.now(), {}, '"{\\"a\\":1}"'));
  expect(session.data).toEqual({ a: 1 });
});

const HOSTILE: readonly (readonly [what: string, fields: object, dat: string, reason: RejectionReason | undefined])[] =
  [
    ["nothing wrong", {}, "{}", undefined],
    ["a sid too short", { sid: "A" }, "{}", "malformed"],
    ["a sid that is not canonical", { sid: `${"A".repeat(21)}B` }, "{}", "malformed"],
    ["a sid that is no text", { sid: ["A".repeat(22)] }, "{}", "malformed"],
    ["an empty subject", { sub: "", gen: "0.0" }, "{}", "malformed"],
    ["a subject too long", { sub: "s".repeat(257), gen: "0.0" }, "{}", "malformed"],
    ["a subject in the guest's place", { sub: "user", gen: "0.0" }, "{}", "misplaced"],
    ["no generations", { gen: undefined }, "{}", "malformed"],
    ["a generation that is none", { gen: "-1" }, "{}", "malformed"],
    ["a subject's generation for a guest", { gen: "0.0" }, "{}", "malformed"],
    ["a negative time", { iat: -1 }, "{}", "malformed"],
    ["a time as text", { max: "60" }, "{}", "malformed"],
    ["a time with a fraction", { ren: 0.5 }, "{}", "malformed"],
    ["a lineage that is no list", { kids: "k1" }, "{}", "malformed"],
    ["a lineage of strange ids", { kids: ["a b"] }, "{}", "malformed"],
    ["an endless lineage", { kids: Array.from({ length: 65 }, () => "k") }, "{}", "malformed"],
    ["persistence that is neither 0 nor 1", { per: true }, "{}", "malformed"],
    ["a session from the future", { iat: Date.UTC(2026, 0, 1) + 5 * 60_000 + 1 }, "{}", "premature"],
    ["a session past its own deadline", { iat: Date.UTC(2026, 0, 1) - 60_001 }, "{}", "expired"],
    ["data that is no object", {}, "[1]", "schema"],
    ["no data", {}, "null", "schema"],
    ["data that poisons prototypes", {}, '{"__proto__":{"admin":true}}', "malformed"],
  ];

test.each(HOSTILE)("%s", async (_what, fields, dat, reason) => {
  const events: RejectionReason[] = [];
  const { sessions, clock, name } = testManager({ on: { rejected: (event) => void events.push(event.reason) } });
  const { session, setCookies } = await visit(sessions, forge(name, clock.now(), fields, dat));
  expect([session.rejection, session.isNew]).toEqual([reason, reason !== undefined]);
  expect(events).toEqual(reason === undefined ? [] : [reason]);
  await session.save();
  expect(setCookies()).toEqual([]);
});

test("a browser that holds a hostile cookie gets a good one over it", async () => {
  const { sessions, clock, name } = testManager();
  const browser = new Browser();
  const hostile = forge(name, clock.now(), { sid: "A" }, "{}");
  browser.cookies.set(hostile.slice(0, hostile.indexOf("=")), hostile.slice(hostile.indexOf("=") + 1));
  const first = await visit(sessions, browser.header);
  first.session.data["a"] = 1;
  await first.session.save();
  browser.store(first.setCookies());
  expect((await visit(sessions, browser.header)).session.data).toEqual({ a: 1 });
});
