import { describe, expect, test } from "vitest";
import { ConfigurationError, SessionDestroyedError, SessionRejectedError } from "sealed-session";
import { copyOf } from "../../support/sessions.js";
import { application, thrown } from "./support/application.js";
import type { Request } from "./support/servers.js";

describe("callbacks and promises", () => {
  test("a method with a callback returns the session, one without a promise", async () => {
    const { read } = await application();
    const seen = await read(async (request) => {
      const { session } = request;
      const chained = await new Promise((resolve) => {
        const returned: unknown = session.save((error) => resolve([error, returned === session]));
      });
      const promised = await session.save();
      return { chained, promised, nothing: await session.regenerate() };
    });
    expect(seen).toEqual({
      chained: [undefined, true],
      promised: { written: false, reason: "unchanged" },
      nothing: undefined,
    });
  });

  test("an error comes to the callback, and to who awaits the promise", async () => {
    const { read, control } = await application();
    const seen = await read(async ({ session }) => {
      session.views = 1;
      control.down = true;
      const byCallback = await new Promise((resolve) => session.save((error) => resolve(error)));
      const byPromise = await thrown(() => session.save());
      control.down = false;
      return [byCallback, byPromise].map((error) => (error as { code: string }).code);
    });
    expect(seen).toEqual(["ERR_REVOCATION_UNAVAILABLE", "ERR_REVOCATION_UNAVAILABLE"]);
  });

  test("a save that failed can be tried again", async () => {
    const { visit, read, control } = await application();
    await visit(async ({ session }) => {
      session.views = 1;
      control.down = true;
      await thrown(() => session.save());
      control.down = false;
      await session.save();
    });
    expect(await read(({ session }) => session.views)).toBe(1);
    await visit(async ({ session }) => {
      control.down = true;
      await thrown(() => session.login("ada"));
      control.down = false;
      session.views = 2;
    });
    expect(await read(({ session }) => session.views)).toBe(2);
  });

  test("what a session was before regenerate(), reload() or destroy() is not saved any more", async () => {
    const { read, browser } = await application();
    for (const verb of ["regenerate", "reload", "destroy"] as const) {
      const errors = await read(async (request) => {
        request.session.views = 1;
        await request.session.save();
        const old = request.session;
        await old[verb]();
        old.views = 2;
        const again = [() => old.save(), () => old.regenerate(), () => old.reload(), () => old.login("ada")];
        return Promise.all(again.map(thrown));
      });
      for (const error of errors) expect(error).toBeInstanceOf(SessionDestroyedError);
      browser.cookies.clear();
    }
  });

  test("a sign-out that failed can be tried again on the same object", async () => {
    const { visit, read, control, browser } = await application();
    await visit(({ session }) => session.login("ada"));
    const copy = copyOf(browser);
    await visit(async ({ session }) => {
      control.down = true;
      expect(await thrown(() => session.destroy())).toMatchObject({ code: "ERR_REVOCATION_UNAVAILABLE" });
      control.down = false;
      await session.destroy();
    });
    expect(await read(({ session }) => session.rejection, copy)).toBe("revoked");
  });
});

describe("the session's end", () => {
  test("regenerate() ends the old one, a guest's as well as a user's, and starts empty", async () => {
    const { visit, read, browser, cookie } = await application();
    await visit(({ session }) => void (session.views = 1));
    const guest = copyOf(browser);
    const first = await visit(async (request) => {
      await request.session.regenerate();
      expect({ ...request.session }).toEqual({});
      request.session.colour = "blue";
    });
    expect(first.names).toEqual([`${cookie}.guest`]);
    expect(await read(({ session }) => session.rejection, guest)).toBe("revoked");
    await visit(({ session }) => session.login("ada"));
    const ada = copyOf(browser);
    const second = await visit(async (request) => {
      await request.session.regenerate();
      request.session.colour = "red";
    });
    // The guest's cookie is set, the user's is cleared, and nothing twice.
    expect(second.names.toSorted()).toEqual([`${cookie}.guest`, `-${cookie}`].toSorted());
    expect(await read(({ session }) => [session.rejection, session.subject], ada)).toEqual(["revoked", undefined]);
    expect(await read(({ session }) => session.colour)).toBe("red");
  });

  test("regenerate() twice, then a login: one cookie, of the last", async () => {
    const { visit, read, cookie } = await application();
    await visit(({ session }) => void Object.assign(session, { large: "x".repeat(4_000) }));
    const { names } = await visit(async (request) => {
      await request.session.regenerate();
      request.session.views = 1;
      await request.session.save();
      await request.session.regenerate();
      await request.session.login("ada");
    });
    expect(names.toSorted()).toEqual(
      [cookie, `-${cookie}.guest`, `-${cookie}.guest.0`, `-${cookie}.guest.1`].toSorted(),
    );
    expect(await read(({ session }) => [session.subject, { ...session }])).toEqual(["ada", {}]);
  });

  test("after destroy() there is no req.session, nothing is saved, and the next request begins anew", async () => {
    const { visit, read, browser, cookie } = await application();
    await visit(({ session }) => session.login("ada"));
    const copy = copyOf(browser);
    const { names } = await visit(async (request) => {
      const { session } = request;
      const ending = session.destroy();
      expect(request.session).toBeUndefined();
      expect(request.sessionID).toBeUndefined();
      session.views = 1;
      await ending;
    });
    expect(names).toEqual([`-${cookie}`]);
    expect(await read(({ session }) => session.rejection, copy)).toBe("revoked");
    expect(await read(({ session }) => session.isNew)).toBe(true);
  });

  test.each<[string, (request: Request) => unknown]>([
    ["req.session = null", (request) => ((request as { session: unknown }).session = null)],
    ["req.session = undefined", (request) => ((request as { session: unknown }).session = undefined)],
    ["delete req.session", (request) => delete (request as { session?: unknown }).session],
  ])("%s ends it with the response", async (_how, end) => {
    const { visit, read, browser, cookie, control } = await application();
    await visit(({ session }) => session.login("ada"));
    const copy = copyOf(browser);
    const { names } = await visit((request) => {
      request.session.views = 1;
      end(request);
      expect(request.session ?? null).toBeNull();
    });
    expect(names).toEqual([`-${cookie}`]);
    expect(await read(({ session }) => session.rejection, copy)).toBe("revoked");
    await visit(({ session }) => session.login("ada"));
    const failing = await visit((request) => {
      control.down = true;
      end(request);
    });
    expect(failing.status).toBe(503);
  });

  test("another object in the place of req.session is refused; itself is nothing new", async () => {
    const { read } = await application();
    const error = await read(async (request) => {
      const holder = request as { session: unknown };
      holder.session = request.session;
      return thrown(() => (holder.session = { views: 1 }));
    });
    expect(error).toBeInstanceOf(ConfigurationError);
  });

  test("a session that was ended elsewhere meanwhile is not written again", async () => {
    const { visit, read, sessions } = await application();
    await visit(({ session }) => session.login("ada"));
    const { setCookies, status } = await visit(async ({ session }) => {
      session.views = 1;
      await sessions.revokeSubject("ada");
    });
    expect([status, setCookies]).toEqual([200, []]);
    expect(await read(({ session }) => session.rejection)).toBe("revoked");
  });

  test("reload() asks whether it is alive, and forgets what was not saved", async () => {
    const { visit, read, sessions } = await application();
    await visit(({ session }) => void Object.assign(session, { cart: { items: [1] } }));
    const seen = await read(async (request) => {
      const cart = request.session as unknown as { cart: { items: number[] } };
      cart.cart.items.push(2);
      await request.session.reload();
      const reloaded = { ...request.session };
      await sessions.revokeAll();
      return { reloaded, error: await thrown(() => request.session.reload()) };
    });
    expect(seen.reloaded).toEqual({ cart: { items: [1] } });
    expect(seen.error).toBeInstanceOf(SessionRejectedError);
  });
});
