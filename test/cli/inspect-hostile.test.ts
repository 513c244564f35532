import fc from "fast-check";
import { createKeyring, createSealer } from "sealed-session";
import { beforeAll, expect, test } from "vitest";
import { CommandFailure } from "../../dist/cli/exit.js";
import { printableJson } from "../../dist/cli/output/printable.js";
import { toJson } from "../../dist/cli/inspect/json.js";
import { reportLines } from "../../dist/cli/inspect/lines.js";
import { readName } from "../../dist/cli/inspect/names.js";
import { inspect, type InspectOptions } from "../../dist/cli/inspect/report.js";
import { application, MINUTE, oneKey, ringOf, ringText, run } from "./support/inspect.js";

const STEERS_A_TERMINAL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const ring = { keyring: createKeyring(ringOf(oneKey())), origin: "environment", from: "SESSION_KEYRING" } as const;
let real: string[] = [];

beforeAll(async () => {
  const { browser, clock, visit } = application(oneKey(), 60 * MINUTE);
  await visit((session) => session.login("ada"));
  clock.advance(58 * MINUTE);
  await visit((session) => {
    session.flash("notice", "Saved");
    return session.save();
  });
  const large = application(oneKey(), MINUTE);
  await large.visit((session) => {
    session.data["text"] = "x".repeat(6_500);
    return session.save();
  });
  real = [browser, large.browser].flatMap(({ cookies }) => [...cookies].map(([name, value]) => `${name}=${value}`));
});

const MANNERS: readonly InspectOptions[] = [
  {},
  { ring },
  { ring, reveal: true },
  { ring, name: readName("app") },
  { name: readName("__Host-app.seen"), ring },
  { ring, purpose: "reset-link", reveal: true },
];

/** Everything that is ever printed for a text. */
async function everythingPrinted(text: string, options: InspectOptions): Promise<string[]> {
  try {
    const report = await inspect(text, options, Date.now());
    const paint = (_style: unknown, words: string): string => words;
    const json = printableJson(toJson(report), 2);
    // What is escaped must still be the JSON that it was.
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(toJson(report))));
    return [...reportLines(report, { paint, purpose: options.purpose }), ...json.split("\n")];
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return [error.message, error.hint ?? ""];
  }
}

const hostileCharacter = fc.constantFrom(
  ..."\u0000\u0007\b\t\u000b\r\n\u001b\u007f\u0085\u009b\u009d\u00ad\u200b\u200f\u202e\u2028\u2066\ufeff\ud800\udfff;=*.,: ",
  "\u001b]0;owned\u0007",
  "\u001b[2J",
  "Fe26.2*",
  "__proto__",
  "constructor",
  "\u{e0041}",
);
const garbage = fc.array(fc.oneof(hostileCharacter, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 40 });
const hostileText = garbage.map((parts) => parts.join(""));

/** Real cookies, some with something put into them, in a random order, between others. */
const alteredHeader = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.option(hostileText)), { minLength: 1, maxLength: 6 })
  .map((picks) =>
    picks
      .map(([which, where, insert]) => {
        const cookie = real[which % real.length] ?? "";
        const at = where % (cookie.length + 1);
        return insert === null ? cookie : cookie.slice(0, at) + insert + cookie.slice(at);
      })
      .join("; "),
  );

const framed = fc
  .tuple(
    fc.constantFrom(
      "",
      "Cookie: ",
      "Set-Cookie: ",
      "< set-cookie: ",
      "__Host-app=",
      "app.seen=",
      "\u001b[31m=",
      "app=Fe26.2*",
    ),
    fc.oneof(hostileText, alteredHeader),
    fc.constantFrom("", "; Path=/; HttpOnly", "\r\n", ";", `; ${"x=y; ".repeat(3_000)}`),
  )
  .map((parts) => parts.join(""));

test.each(MANNERS.map((manner, index) => [index, manner] as const))(
  "any text, in manner %i: never an exception, never a character that steers a terminal",
  async (_index, manner) => {
    await fc.assert(
      fc.asyncProperty(framed, async (text) => {
        for (const line of await everythingPrinted(text, manner)) expect(line).not.toMatch(STEERS_A_TERMINAL);
      }),
      { numRuns: 60 },
    );
  },
);

test("the real ones among them are accepted, so that the above is not about nothing", async () => {
  const report = await inspect(real.join("; "), { ring }, Date.now());
  expect(report.accepted).toBe(true);
  expect(report.findings.map(({ kind }) => kind)).toEqual(["session", "guest", "seen", "flash"]);
});

test("names as of prototypes are names", async () => {
  const text = `__proto__=1; constructor=2; toString=${"y".repeat(5)}; ${real.join("; ")}`;
  const report = await inspect(text, { ring }, Date.now());
  expect(report.others).toEqual(["__proto__", "constructor", "toString"]);
  expect(report.accepted).toBe(true);
  const own = await inspect("__proto__=Fe26.2*x; constructor.seen=1", { name: readName("__proto__") }, Date.now());
  expect(own.findings).toMatchObject([{ name: "__proto__", reason: "malformed" }]);
});

test("a subject, data and a message that would steer the terminal are spelled out", async () => {
  const { browser, visit } = application(oneKey(), MINUTE);
  await visit(async (session) => {
    session.data["note"] = "\u001b[2J\u009b31m\u202e\ud83d\ude00";
    await session.login("eve\u001b]0;owned\u0007");
  });
  for (const args of [["--reveal"], ["--reveal", "--json"]]) {
    const { stdout, code } = await run(["inspect", ...args], browser.header, {
      env: { SESSION_KEYRING: ringText(oneKey()) },
    });
    expect(code).toBe(0);
    expect(stdout.replaceAll("\n", "")).not.toMatch(STEERS_A_TERMINAL);
    expect(stdout).toContain(
      args.includes("--json") ? String.raw`eve\u001b]0;owned\u0007` : String.raw`eve\u{1b}]0;owned\u{7}`,
    );
    expect(stdout).toContain(String.raw`"note": "\u001b[2J\u009b31m\u202e` + "\u{1f600}");
  }
});

test("what a key's holder sealed in thousands of levels is shown as text, and as JSON up to 500 levels", async () => {
  const [deep, allowed] = [6_000, 500].map((levels) => "[".repeat(levels) + "]".repeat(levels)) as [string, string];
  for (const [text, shown] of [
    [deep, deep],
    [allowed, JSON.parse(allowed)],
    ["no JSON", "no JSON"],
  ] as const) {
    const codec = { stringify: () => text, parse: () => text };
    const sealer = createSealer({ keyring: ring.keyring, purpose: "reset-link", codec });
    const token = await sealer.seal({}, { ttl: "15m" });
    const report = await inspect(token, { ring, purpose: "reset-link", reveal: true }, Date.now());
    expect(report.findings).toMatchObject([{ verdict: "accepted", dataBytes: text.length }]);
    expect(report.findings[0]?.data).toEqual(shown);
    for (const line of await everythingPrinted(token, { ring, purpose: "reset-link", reveal: true })) {
      expect(line).not.toMatch(STEERS_A_TERMINAL);
    }
  }
});

test("a header of thousands of cookies that look like ours is looked at in bounded time and space", async () => {
  const cookies = Array.from({ length: 4_000 }, (_, index) => `a${index}=Fe26.2*`).join("; ");
  const report = await inspect(cookies, { ring }, Date.now());
  expect(report.findings).toHaveLength(4_000);
  const chunks = Array.from({ length: 3 }, (_, index) =>
    Array.from({ length: 400 }, (__, twin) => `app.${index}=3AAAAFe26.2*${twin}`).join("; "),
  ).join("; ");
  const twins = await inspect(chunks, { ring }, Date.now());
  expect(twins.findings.length).toBeLessThanOrEqual(16 * 4);
});
