import { Hono } from "hono";
import { createFactory } from "hono/factory";
import { expectTypeOf, test } from "vitest";
import { createSessionManager, type Session } from "sealed-session";
import { sealedSession, type SessionEnv } from "sealed-session/hono";
import { z } from "zod";
import { SECRET } from "../../support/sessions.js";

const schema = z.object({ cart: z.array(z.string()).default([]) });
const sessions = createSessionManager({ name: "app", keyring: SECRET, schema });
type Data = { cart: string[] };

test("routes that are chained to the middleware know the session's data", () => {
  new Hono().use(sealedSession(sessions)).get("/", (c) => {
    expectTypeOf(c.get("session")).toExtend<Session<Data>>();
    expectTypeOf(c.var.session.data.cart).toEqualTypeOf<string[]>();
    // @ts-expect-error a wrong key
    c.var.session.data.card = [];
    // @ts-expect-error a wrong value
    c.var.session.set("cart", [1]);
    // @ts-expect-error a wrong variable
    c.get("sessions");
    return c.text("");
  });
});

test("an environment beside it stays, by path or by handler too", () => {
  new Hono<{ Bindings: { readonly DB: string }; Variables: { readonly lang: string } }>()
    .use("/account/*", sealedSession(sessions))
    .get("/account/me", sealedSession(sessions), (c) => {
      expectTypeOf(c.env.DB).toEqualTypeOf<string>();
      expectTypeOf(c.var.lang).toEqualTypeOf<string>();
      expectTypeOf(c.var.session.data.cart).toEqualTypeOf<string[]>();
      return c.text("");
    });
});

test("SessionEnv names it for routers and middleware of their own", () => {
  const account = new Hono<SessionEnv<typeof sessions>>();
  account.get("/", (c) => {
    expectTypeOf(c.var.session.data.cart).toEqualTypeOf<string[]>();
    return c.text("");
  });
  createFactory<SessionEnv<typeof sessions>>().createMiddleware(async (c, next) => {
    // @ts-expect-error a wrong key
    c.var.session.get("card");
    await next();
  });
  expectTypeOf<SessionEnv["Variables"]["session"]>().toEqualTypeOf<Session>();
});

test("what is no manager does not compile", () => {
  // @ts-expect-error options are the manager's
  const refused = () => sealedSession({ name: "app" });
  expectTypeOf(refused).toBeFunction();
});
