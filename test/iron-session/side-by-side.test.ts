import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as theirs from "iron-session";
import * as ours from "sealed-session/iron-session";
import { SECRET } from "../support/sessions.js";

/*
 * The same calls of iron-session 9 and of this package: what they set, what they throw. The two sets of types are each
 * other's, so that the calls below compile for both.
 */
const password = SECRET;
const LIBRARIES = { theirs, ours } as unknown as Record<"theirs" | "ours", typeof ours>;

/** What both do with one call: the same answer, or an error with the same message. */
async function both<T>(call: (library: typeof ours) => Promise<T>): Promise<[theirs: unknown, ours: unknown]> {
  const outcome = async (library: typeof ours): Promise<unknown> => {
    try {
      return await call(library);
    } catch (error) {
      return (error as Error).message;
    }
  };
  return [await outcome(LIBRARIES.theirs), await outcome(LIBRARIES.ours)];
}

/** The `Set-Cookie` lines of a response, without what differs in every seal. */
function shapes(headers: Headers): string[] {
  return headers.getSetCookie().map((line) => line.replace(/=([^;]+)/, (_all, value: string) => `=<${value.length}>`));
}

const run = (
  options: object,
  cookie = "",
  act = async (_session: ours.IronSession<object>): Promise<unknown> => undefined,
) =>
  both(async ({ getIronSession }) => {
    const headers = new Headers();
    const request = new Request("http://localhost/", { headers: cookie ? { cookie } : {} });
    const session = await getIronSession<object>(
      request,
      headers as unknown as Response,
      {
        cookieName: "s",
        password,
        ...options,
      } as ours.SessionOptions,
    );
    const result = await act(session);
    return { data: { ...session }, keys: Object.keys(session), result, cookies: shapes(headers) };
  });

const save = async (session: ours.IronSession<object>): Promise<void> => {
  Object.assign(session, { user: { id: 1 } });
  await session.save();
};

describe("options, cookies and errors are the same", () => {
  test.each([
    ["the defaults", {}],
    ["a ttl", { ttl: 3_600 }],
    ["a ttl of a minute", { ttl: 60 }],
    ["no end", { ttl: 0 }],
    ["for the window", { cookieOptions: { maxAge: undefined } }],
    ["a maxAge of its own", { cookieOptions: { maxAge: 10 } }],
    [
      "other attributes",
      { cookieOptions: { httpOnly: false, secure: false, sameSite: "strict", path: "/a", domain: "example.org" } },
    ],
    ["more attributes", { cookieOptions: { partitioned: true, priority: "high", sameSite: true } }],
    ["an end at a time", { cookieOptions: { expires: new Date(4_000_000_000_000) } }],
    ["an end that is past", { cookieOptions: { expires: new Date(1_000) } }],
    ["no name", { cookieName: "" }],
    ["no password", { password: undefined }],
    ["a short password", { password: "x".repeat(31) }],
    ["no passwords", { password: {} }],
    ["a password without a number", { password: { main: password } }],
    ["a short one among several", { password: { 1: password, 2: "short" } }],
    ["several passwords", { password: { 1: "x".repeat(40), 2: password } }],
  ])("%s", async (_what, options) => {
    const [expected, actual] = await run(options, "", save);
    expect(actual).toEqual(expected);
  });

  test.each([
    ["a Date", { at: new Date(0) }],
    ["a Date, deeper", { a: { b: [1, { at: new Date(0) }] } }],
    ["a Map", { m: new Map() }],
    ["NaN", { n: Number.NaN }],
    ["a bigint", { n: 1n }],
    ["a function", { f: () => 1 }],
  ])("%s cannot be saved, and both name it", async (_what, data) => {
    const [expected, actual] = await run({}, "", async (session) => Object.assign(session, data).save());
    const place = /\((session\S*) is/;
    expect(place.exec(String(actual))?.[1]).toBe(place.exec(String(expected))?.[1]);
    expect(String(actual)).toMatch(
      /^iron-session: The session data is not JSON serializable \(.*\)\. Store plain JSON values only: /,
    );
  });

  test.each([100, 2_900, 3_000, 4_100, 9_000, 14_000])("%i characters, with chunks and without", async (size) => {
    for (const chunk of [true, false]) {
      const [expected, actual] = await run({ chunk }, "", (session) =>
        Object.assign(session, { x: "x".repeat(size) }).save(),
      );
      expect(actual).toEqual(expected);
    }
  });

  test("a session that shrinks, grows or is destroyed clears what the browser has of it", async () => {
    for (const cookie of ["s.0=a; s.1=b; s.2=c", "s=old", "s=old; s.0=a", "s.3=d"]) {
      for (const size of [10, 5_000]) {
        const [expected, actual] = await run({ chunk: true }, cookie, (session) =>
          Object.assign(session, { x: "x".repeat(size) }).save(),
        );
        expect(actual).toEqual(expected);
      }
      const [expected, actual] = await run({}, cookie, async (session) => session.destroy());
      expect(actual).toEqual(expected);
    }
  });

  test("a destroyed session is not saved, and one with data in it cannot be", async () => {
    const [expected, actual] = await run({}, "", async (session) => {
      void session.destroy();
      await session.save();
    });
    expect(actual).toEqual(expected);
    const [theirError, ourError] = await run({}, "", async (session) => {
      void session.destroy();
      await save(session);
    });
    expect(ourError).toBe(theirError);
  });

  test("updateConfig takes a new password at once, and refuses a bad one", async () => {
    const [expected, actual] = await run({}, "", async (session) => {
      session.updateConfig({ cookieName: "t", password: "y".repeat(32), ttl: 100 });
      await save(session);
    });
    expect(actual).toEqual(expected);
    const [theirError, ourError] = await run({}, "", async (session) =>
      session.updateConfig({ cookieName: "t", password: "y" }),
    );
    expect(ourError).toBe(theirError);
  });

  test("wrong arguments", async () => {
    const calls: unknown[][] = [
      [],
      [{}],
      [{}, {}],
      [undefined, { cookieName: "s", password }],
      [{ get() {} }, { cookieName: "s", password }],
    ];
    for (const args of calls) {
      const [expected, actual] = await both(({ getIronSession }) =>
        (getIronSession as (...all: unknown[]) => Promise<unknown>)(...args),
      );
      expect(actual).toBe(expected);
    }
  });
});

describe("seals", () => {
  const directions: ["theirs" | "ours", "theirs" | "ours"][] = [
    ["theirs", "ours"],
    ["ours", "theirs"],
  ];

  test.each(directions)("whatever %s seals, %s opens", async (from, to) => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }))
          .filter((data) => !/"(?:__proto__|constructor)":/.test(JSON.stringify(data))),
        fc.integer({ min: 1, max: 5 }),
        async (data, id) => {
          const passwords = { [id]: password };
          const seal = await LIBRARIES[from].sealData(data, { password: passwords });
          const opened = await LIBRARIES[to].unsealData(seal, { password: passwords });
          // As text: of -0 iron-session makes 0.
          expect(JSON.stringify(opened)).toBe(JSON.stringify(data));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("the length is the same to the character, the format's mark included", async () => {
    for (const data of [{ user: { id: 1 } }, {}, { a: "ü".repeat(100) }]) {
      const [expected, actual] = await both(async ({ sealData }) => (await sealData(data, { password })).length);
      expect(actual).toBe(expected);
    }
    expect(await ours.sealData({ user: { id: 1 } }, { password })).toHaveLength(265);
  });

  test("what is no object, and what does not open", async () => {
    for (const data of ["text", 5, true, null]) {
      const [expected, actual] = await both(async ({ sealData, unsealData }) =>
        unsealData(await sealData(data, { password }), { password }),
      );
      expect(actual).toEqual(expected);
    }
    for (const seal of ["", "x", "Fe26.2*1*a*b*c**d*e", "~2"]) {
      const [expected, actual] = await both(({ unsealData }) => unsealData(seal, { password }));
      expect(actual).toEqual(expected);
    }
  });

  test("reasons: expired, another password, a changed character", async () => {
    const reasonOf = async (library: typeof ours, seal: string): Promise<string | undefined> => {
      let told: string | undefined;
      await library.unsealData(seal, { password, onUnsealError: (reason) => (told = reason) });
      return told;
    };
    const expired = await theirs.sealData({ a: 1 }, { password, ttl: -120 });
    const unknown = await theirs.sealData({ a: 1 }, { password: { 7: password } });
    const good = await theirs.sealData({ a: 1 }, { password });
    const changed = good.replace(/.(?=~2$)/, (last) => (last === "A" ? "E" : "A"));
    const other = await theirs.sealData({ a: 1 }, { password: "z".repeat(32) });
    for (const [seal, reason] of [
      [expired, "expired"],
      [unknown, "unknown-password"],
      [changed, "invalid"],
      [other, "invalid"],
      [good, undefined],
    ] as const) {
      expect(await reasonOf(LIBRARIES.theirs, seal)).toBe(reason);
      expect(await reasonOf(LIBRARIES.ours, seal)).toBe(reason);
    }
  });
});
