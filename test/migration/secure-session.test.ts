import { expect, test } from "vitest";
import { adoptedScenarios, guestAfterSwitch, type OldLibrary } from "./support/adopted.js";

const library: OldLibrary = {
  folder: "fastify",
  cookies: ["session"],
  oneId: false,
  secret: "SECURE_SESSION_KEY",
};

adoptedScenarios(library);

test("a guest keeps the cart", async () => {
  expect(await guestAfterSwitch(library)).toEqual({ user: null, cart: ["tea"] });
});
