import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import type { RequestHandler } from "express";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { nodeJar, type RequestSession, type SessionData, sessionMiddleware } from "sealed-session/node";
import { testManager } from "../../support/sessions.js";
import { application, thrown } from "./support/application.js";
import { stoppableManager } from "./support/store.js";

describe("req.session", () => {
  test("has the data as its own, and nothing else that can be enumerated", async () => {
    const { read } = await application();
    const seen = await read(({ session }) => {
      session.views = 1;
      const keys: string[] = [];
      for (const key in session) keys.push(key);
      return { keys, json: JSON.stringify(session), spread: { ...session }, assigned: Object.assign({}, session) };
    });
    expect(seen).toEqual({ keys: ["views"], json: '{"views":1}', spread: { views: 1 }, assigned: { views: 1 } });
  });

  test("shows neither its id nor its cookie in a log", async () => {
    const { read } = await application();
    const { shown, id } = await read((request) => {
      request.session.colour = "blue";
      const { session } = request;
      const shown = [
        inspect(session, { showHidden: true, getters: true, depth: 9 }),
        inspect(request, { depth: 1 }),
        JSON.stringify({ ...request, socket: 0, client: 0, res: 0, _readableState: 0, _events: 0 }),
        JSON.stringify(session),
      ].join("\n");
      return { shown, id: session.id };
    });
    expect(shown).toContain("colour");
    expect(shown).not.toContain(id);
  });

  test.each([
    ["id", 5],
    ["cookie", {}],
    ["save", true],
    ["regenerate", 1],
    ["destroy", null],
    ["reload", undefined],
    ["touch", ""],
    ["resetMaxAge", ""],
    ["login", "ada"],
    ["revokeOthers", 1],
    ["subject", "ada"],
    ["isNew", false],
    ["rejection", "x"],
    ["__proto__", { isAdmin: true, save: 1 }],
  ])("the key %s is refused, however it comes in", async (key, value) => {
    const { read, visit, browser } = await application();
    const ways: ((session: RequestSession) => unknown)[] = [
      (session) => Object.assign(session, Object.fromEntries([[key, value]])),
      (session) => ((session as unknown as Record<string, unknown>)[key] = value),
      // As sloppy code does it, which would not hear of a read-only property.
      (session) => void runInNewContext("session[key] = value", { session, key, value }),
    ];
    for (const way of ways) {
      const { error, works } = await read(async ({ session }) => ({
        error: await thrown(() => way(session)),
        works: typeof session.save === "function" && !("isAdmin" in session),
      }));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as Error).message).toContain(key);
      expect(works).toBe(true);
    }
    const defined = await visit(({ session }) => {
      Object.defineProperty(session, key, { value: "smuggled", enumerable: true });
    });
    expect([defined.status, defined.setCookies]).toEqual([500, []]);
    expect(browser.cookies.size).toBe(0);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test("the names of Object.prototype are data like any other", async () => {
    const { visit, read } = await application();
    const data = { constructor: 1, toString: "x", hasOwnProperty: true, valueOf: [1], then: "no promise" };
    await visit(({ session }) => void Object.assign(session, data));
    expect(await read(({ session }) => ({ ...session }))).toEqual(data);
    const poisoned = await visit(({ session }) => {
      Object.assign(session, { nested: JSON.parse('{"__proto__":{"x":1}}') as unknown });
    });
    expect(poisoned.status).toBe(500);
  });

  test("a session that was stored elsewhere under such a name is an error, not lost data", async () => {
    const { sessions, visit, browser } = await application();
    const lines: string[] = [];
    const response = {
      headersSent: false,
      getHeader: () => lines,
      setHeader: (name: string, value: string | readonly string[]) =>
        void (name === "Set-Cookie" && lines.splice(0, lines.length, ...[value].flat())),
    };
    const session = await sessions.open(nodeJar({ headers: {} }, response));
    session.set("id", 7);
    await session.save();
    browser.store(lines);
    const { status, body } = await visit(() => undefined);
    expect([status, body.includes("req.session.id")]).toEqual([500, true]);
  });

  test("values that were there are gone after delete, and undefined is left out", async () => {
    const { visit, read } = await application();
    await visit(({ session }) => void Object.assign(session, { colour: "blue", views: 3, returnTo: undefined }));
    await visit(({ session }) => void delete session.views);
    expect(await read(({ session }) => ({ ...session }))).toEqual({ colour: "blue" });
  });

  test("a change deep inside is a change", async () => {
    const { visit, read } = await application();
    await visit(({ session }) => void Object.assign(session, { cart: { items: ["apple"] } }));
    await visit(({ session }) => void (session as unknown as { cart: { items: string[] } }).cart.items.push("pear"));
    expect(await read(({ session }) => ({ ...session }))).toEqual({ cart: { items: ["apple", "pear"] } });
    expect((await visit(({ session }) => void Object.assign(session, { ...session }))).setCookies).toEqual([]);
  });

  test("a codec's values come back, and a change in them is one", async () => {
    const codec = {
      stringify: (value: unknown) =>
        JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Map ? { map: [...inner] } : inner)),
      parse: (text: string): unknown =>
        JSON.parse(text, (_key, inner: { map?: [unknown, unknown][] }) =>
          Array.isArray(inner?.map) ? new Map(inner.map) : inner,
        ),
    };
    const { visit, read } = await application(stoppableManager({ codec }));
    type WithMap = { cart: Map<string, number> };
    await visit(({ session }) => void Object.assign(session, { cart: new Map([["apple", 1]]) }));
    const changed = await visit(({ session }) => void (session as unknown as WithMap).cart.set("apple", 2));
    expect(changed.setCookies).toHaveLength(1);
    expect(await read(({ session }) => (session as unknown as WithMap).cart.get("apple"))).toBe(2);
    expect((await visit(() => undefined)).setCookies).toEqual([]);
    expect(await read(({ session }) => thrown(() => session.reload()))).toBeInstanceOf(ConfigurationError);
  });

  test("connect-flash keeps its messages in it", async () => {
    const { visit, read } = await application();
    await visit(({ session }) => void Object.assign(session, { flash: { info: ["Saved"] } }));
    expect(await read(({ session }) => (session as unknown as { flash: unknown }).flash)).toEqual({ info: ["Saved"] });
  });

  test("req.sessionID is the session's id, and changes with it", async () => {
    const { read } = await application();
    const seen = await read(async (request) => {
      const before = [request.sessionID, request.session.id];
      await request.session.regenerate();
      return [...before, request.sessionID, request.session.id];
    });
    expect([seen[0] === seen[1], seen[2] === seen[3], seen[0] === seen[2]]).toEqual([true, true, false]);
  });

  test("methods that are taken off it say so", async () => {
    const { read } = await application();
    const error = await read(({ session }) => thrown(() => (0, session.save)()));
    expect((error as Error).message).toContain("req.session.save()");
  });
});

test("types: the data are what the application declared, the methods are what they are", () => {
  expectTypeOf<SessionData["views"]>().toEqualTypeOf<number>();
  expectTypeOf<RequestSession["views"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<RequestSession["save"]>().toBeCallableWith((error: unknown) => void error);
  expectTypeOf<RequestSession["cookie"]["maxAge"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Express.Request["session"]>().toEqualTypeOf<RequestSession>();
  const asExpressTakesIt: RequestHandler = sessionMiddleware(testManager().sessions);
  expect(asExpressTakesIt).toHaveLength(3);
  const wrong = (session: RequestSession): void => {
    // @ts-expect-error: not declared
    session.vews = 1;
    // @ts-expect-error: a number
    session.views = "1";
    // @ts-expect-error: read only
    session.id = "x";
  };
  expect(wrong).toBeTypeOf("function");
});
