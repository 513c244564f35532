import { describe, expect, expectTypeOf, test } from "vitest";
import { SchemaError } from "sealed-session";
import { z } from "zod";
import { application } from "../support/application.js";
import { eventLog, play } from "../support/play.js";
import { Browser, visit } from "../support/sessions.js";

const Cart = z.object({ cart: z.array(z.string()).default([]), note: z.string().optional() });

describe("a schema", () => {
  test("types the data and gives a fresh session its defaults", async () => {
    const sessions = application().deploy({ schema: Cart });
    const { session } = await visit(sessions, "");
    expectTypeOf(session.data.cart).toEqualTypeOf<string[]>();
    expectTypeOf(session.data.note).toEqualTypeOf<string | undefined>();
    expect(session.data).toEqual({ cart: [] });
    session.data.cart.push("apple");
    expect((await visit(sessions, "")).session.data).toEqual({ cart: [] });
    session.clear();
    expect(session.data).toEqual({ cart: [] });
  });

  test("a fresh session with its defaults is not stored", async () => {
    const sessions = application().deploy({ schema: Cart });
    const { result, setCookies } = await play(sessions, new Browser(), (session) => session.save());
    expect([result, setCookies]).toEqual([{ written: false, reason: "unchanged" }, []]);
  });

  test("data that does not fit is refused at the save, with the path; nothing is written", async () => {
    const sessions = application().deploy({ schema: Cart });
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.data.cart.push("apple"), session.save()));
    for (const verb of ["save", "regenerate", "login"] as const) {
      const { setCookies } = await play(sessions, browser, async (session) => {
        session.data.cart.push(7 as never);
        const failing = verb === "login" ? session.login("ada") : session[verb]();
        const error = (await failing.catch((thrown: unknown) => thrown)) as SchemaError;
        expect(error).toBeInstanceOf(SchemaError);
        expect(error.message).toContain("cart.1: ");
        expect(error.issues).toHaveLength(1);
      });
      expect(setCookies).toEqual([]);
    }
    await play(sessions, browser, (session) => expect(session.data.cart).toEqual(["apple"]));
  });

  test("what it strips is not stored, and alone is no change", async () => {
    const sessions = application().deploy({ schema: Cart });
    const browser = new Browser();
    const { result } = await play(sessions, browser, (session) => {
      session.data = { cart: [], unknown: true } as never;
      return session.save();
    });
    expect(result).toEqual({ written: false, reason: "unchanged" });
    await play(sessions, browser, (session) => {
      session.data = { cart: ["apple"], unknown: true } as never;
      return session.save();
    });
    await play(sessions, browser, (session) => expect(session.data).toEqual({ cart: ["apple"] }));
  });

  test("may be asynchronous", async () => {
    const schema = Cart.refine(async ({ cart }) => Promise.resolve(cart.length < 3), "too many");
    const sessions = application().deploy({ schema });
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.data.cart.push("a"), session.save()));
    await play(sessions, browser, async (session) => {
      expect(session.data.cart).toEqual(["a"]);
      session.data.cart.push("b", "c");
      await expect(session.save()).rejects.toThrow("too many");
    });
  });

  test("stored data that it no longer accepts is a rejection, and the cookie is left alone", async () => {
    const log = eventLog();
    const app = application();
    const old = app.withoutSchema();
    const browser = new Browser();
    const { result: maskedId } = await play(old, browser, async (session) => {
      session.set("cart", "not a list");
      await session.login("ada");
      return session.maskedId;
    });
    const sessions = app.deploy({ schema: Cart, on: log.handlers });
    const { setCookies } = await play(sessions, browser, async (session) => {
      expect([session.isNew, session.subject, session.rejection, session.data]).toEqual([
        true,
        undefined,
        "schema",
        { cart: [] },
      ]);
      await session.save();
    });
    expect(setCookies).toEqual([]);
    expect(log.events).toMatchObject([{ type: "rejected", reason: "schema", session: maskedId, subject: "ada" }]);
    await play(old, browser, (session) => expect(session.subject).toBe("ada"));
  });
});

test("a schema that throws at stored data is a rejection, not a crash", async () => {
  const app = application();
  const browser = new Browser();
  await play(app.withoutSchema(), browser, (session) => (session.set("cart", ["apple"]), session.save()));
  const schema = Cart.refine(({ cart }) => {
    if (cart.length > 0) throw new Error("broken");
    return true;
  });
  await play(app.deploy({ schema }), browser, (session) =>
    expect([session.isNew, session.rejection]).toEqual([true, "schema"]),
  );
  await play(app.withoutSchema(), browser, (session) => expect(session.isNew).toBe(false));
});
