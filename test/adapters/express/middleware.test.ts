import expressSession from "express-session";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { sessionMiddleware } from "sealed-session/node";
import { eventLog } from "../../support/play.js";
import { rawRequest } from "../../support/server.js";
import { testManager } from "../../support/sessions.js";
import { application, startExpress, startHttp } from "./support/application.js";
import { stoppableManager } from "./support/store.js";

describe("the middleware", () => {
  test("a visitor who stores nothing gets no cookie, and the store is not asked", async () => {
    const { visit, control } = await application();
    expect((await visit(({ session }) => void session.views)).setCookies).toEqual([]);
    expect(control.asked).toEqual([]);
  });

  test("a session that cannot be opened comes to next() as a 503, and the cookie is left alone", async () => {
    for (const start of [startExpress, startHttp]) {
      const { visit, control } = await application(stoppableManager(), {}, start);
      await visit(({ session }) => session.login("ada"));
      control.down = true;
      const { status, setCookies } = await visit(() => undefined);
      expect([status, setCookies]).toEqual([503, []]);
    }
  });

  test("a renewal that is due goes out with a response that only reads; with a prefetch it does not", async () => {
    const { visit, clock, browser, port, cookie } = await application();
    await visit(({ session }) => session.login("ada"));
    await visit(() => undefined);
    clock.advance(20 * 60_000);
    const prefetch = await rawRequest(port, "/", [browser.header], ["Sec-Purpose: prefetch"]);
    expect(prefetch.setCookies).toEqual([]);
    expect((await visit((_request, response) => void response.write("x"))).names).toEqual([`${cookie}.seen`]);
    expect((await visit(() => undefined)).names).toEqual([]);
  });

  test("mounted twice it is there once; beside another session it is refused", async () => {
    const { sessions } = testManager();
    const middleware = sessionMiddleware(sessions);
    const twice: typeof middleware = (request, response, next) =>
      middleware(request, response, (error) =>
        error === undefined ? middleware(request, response, next) : next(error),
      );
    const port = await startHttp(twice, ({ session }, response) => {
      session.views = 1;
      response.end("once");
    });
    expect((await rawRequest(port, "/", [])).setCookies).toHaveLength(1);
    const classic = expressSession({ secret: "keyboard cat", resave: false, saveUninitialized: false });
    const both: typeof middleware = (request, response, next) =>
      (classic as unknown as typeof middleware)(request, response, () => middleware(request, response, next));
    const { status, body } = await rawRequest(await startHttp(both, () => undefined), "/", []);
    expect([status, body.includes("req.session is there already")]).toEqual([500, true]);
  });

  test("mistakes in the set-up are told at once", () => {
    const { sessions } = testManager();
    expect(() => sessionMiddleware(undefined as never)).toThrow(ConfigurationError);
    expect(() => sessionMiddleware({ secret: "keyboard cat" } as never)).toThrow("takes the session manager");
    expect(() => sessionMiddleware(sessions, { subjects: () => "x" } as never)).toThrow("did you mean subject?");
    expect(() => sessionMiddleware(sessions, { subject: "userId" } as never)).toThrow(
      "a function of the session's data",
    );
  });

  test("events tell of what happened to the sessions, and of no id", async () => {
    const log = eventLog();
    const { read, visit } = await application(stoppableManager({ on: log.handlers }));
    await visit(({ session }) => session.login("41"));
    log.clear();
    const id = await read(async (request) => {
      request.session.views = 1;
      await request.session.save();
      await request.session.regenerate();
      Object.assign(request.session, { passport: { user: 42 } });
      await request.session.save();
      expect(request.session.rejection).toBeUndefined();
      return request.session.id;
    });
    expect(log.events).toMatchObject([
      { type: "updated", subject: "41" },
      { type: "destroyed", subject: "41" },
      { type: "created", subject: "42" },
    ]);
    expect(JSON.stringify(log.events)).not.toContain(id);
  });
});
