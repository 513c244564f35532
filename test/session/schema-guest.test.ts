import { expect, test } from "vitest";
import { createSessionManager } from "sealed-session";
import { z } from "zod";
import { play } from "../support/play.js";
import { Browser, SECRET } from "../support/sessions.js";

test("regression: a signed-in session that the schema refuses does not hide what the visitor stores as a guest", async () => {
  const name = `schema-guest-${process.pid}`;
  const browser = new Browser();
  await play(
    createSessionManager({ name, keyring: SECRET }),
    browser,
    (session) => (session.set("cart", 1), session.login("ada")),
  );
  const sessions = createSessionManager({
    name,
    keyring: SECRET,
    schema: z.object({ cart: z.array(z.string()).default([]) }),
  });
  await play(sessions, browser, (session) => (session.data.cart.push("tea"), session.save()));
  const { result } = await play(sessions, browser, (session) => [
    session.rejection,
    session.subject,
    session.data.cart,
  ]);
  expect(result).toEqual(["schema", undefined, ["tea"]]);
});
