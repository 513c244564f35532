import { type } from "arktype";
import { createSessionManager, SchemaError, type Session } from "sealed-session";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { SECRET, visit } from "../support/sessions.js";

let count = 0;
const options = () => ({ name: `schemas-${process.pid}-${++count}`, keyring: SECRET });

interface Themed {
  cart: string[];
  theme?: "light" | "dark" | undefined;
}

/** The same data in three libraries of Standard Schema. */
const managers = {
  zod: createSessionManager({
    ...options(),
    schema: z.object({ cart: z.array(z.string()).default([]), theme: z.enum(["light", "dark"]).optional() }),
  }),
  valibot: createSessionManager({
    ...options(),
    schema: v.object({ cart: v.optional(v.array(v.string()), []), theme: v.optional(v.picklist(["light", "dark"])) }),
  }),
  arktype: createSessionManager({
    ...options(),
    schema: type({ cart: type("string[]").default(() => []), "theme?": "'light' | 'dark'" }),
  }),
};

describe.each(Object.entries(managers))("%s", (_library, sessions) => {
  test("a new session has the defaults, and what is stored comes back", async () => {
    const first = await visit<Themed>(sessions, "");
    expect(first.session.data).toEqual({ cart: [] });
    first.session.data.cart.push("tea");
    first.session.set("theme", "dark");
    await first.session.save();
    const cookie = first.setCookies()[0]?.split(";")[0] ?? "";
    expect((await visit<Themed>(sessions, cookie)).session.data).toEqual({ cart: ["tea"], theme: "dark" });
  });

  test("what does not fit is refused at the save", async () => {
    const { session } = await visit<Themed>(sessions, "");
    session.data.cart.push(5 as never);
    await expect(session.save()).rejects.toBeInstanceOf(SchemaError);
  });
});

type DataOf<Manager> = Manager extends { open(jar: never): Promise<Session<infer Data>> } ? Data : never;

test("the data's type is the schema's, with every library", () => {
  expectTypeOf<DataOf<typeof managers.zod>>().toExtend<Themed>();
  expectTypeOf<Themed>().toExtend<DataOf<typeof managers.zod>>();
  expectTypeOf<DataOf<typeof managers.valibot>>().toExtend<Themed>();
  expectTypeOf<Themed>().toExtend<DataOf<typeof managers.valibot>>();
  expectTypeOf<DataOf<typeof managers.arktype>>().toExtend<Themed>();
  expectTypeOf<{ cart: string[]; theme?: "light" | "dark" }>().toExtend<DataOf<typeof managers.arktype>>();
});

/** Compiled, never run. */
export function wrongKeys(
  zod: Session<DataOf<typeof managers.zod>>,
  valibot: Session<DataOf<typeof managers.valibot>>,
  arktype: Session<DataOf<typeof managers.arktype>>,
): void {
  // @ts-expect-error there is no such key
  void zod.data.cat;
  // @ts-expect-error there is no such key
  zod.set("cat", []);
  // @ts-expect-error a theme is one of two
  zod.data.theme = "blue";
  // @ts-expect-error there is no such key
  void valibot.data.cat;
  // @ts-expect-error a cart holds text
  valibot.data.cart.push(5);
  // @ts-expect-error there is no such key
  void arktype.get("cat");
  // @ts-expect-error a cart holds text
  arktype.set("cart", [5]);
}
