import { expect, test } from "vitest";
import { adoptedScenarios, guestAfterSwitch, type OldLibrary } from "./support/adopted.js";

const library: OldLibrary = {
  folder: "express-session",
  cookies: ["connect.sid"],
  oneId: true,
  files: ["store.mjs"],
  secret: "SESSION_SECRET",
};

adoptedScenarios(library);

test("a guest keeps the cart", async () => {
  expect(await guestAfterSwitch(library)).toEqual({ user: null, cart: ["tea"] });
});
