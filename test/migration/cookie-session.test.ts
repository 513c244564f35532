import { expect, test } from "vitest";
import { adoptedScenarios, guestAfterSwitch, type OldLibrary, project, signIn } from "./support/adopted.js";
import { expectUser } from "./support/workshop.js";

const library: OldLibrary = {
  folder: "cookie-session",
  cookies: ["session", "session.sig"],
  oneId: false,
  secret: "COOKIE_KEY",
};

adoptedScenarios(library);

test("guests begin anew", async () => {
  expect(await guestAfterSwitch(library)).toEqual({ user: null, cart: [] });
});

test("browsers of one user with the same data are one session", async () => {
  const { before, after } = project(library);
  const old = await before();
  const [laptop, phone] = [await signIn(old, "ada", "tea"), await signIn(old, "ada", "tea")];
  const other = await signIn(old, "ada", "milk");
  expect(laptop.header).toBe(phone.header);
  const app = await after();
  await app.ask(phone, "/");
  await app.ask(laptop, "/logout", "POST");
  await expectUser(app, phone, null);
  await expectUser(app, other, "ada");
});

test("signing in again with one of them signs the others out", async () => {
  const { before, after } = project(library);
  const old = await before();
  const [laptop, phone] = [await signIn(old, "ada"), await signIn(old, "ada")];
  const app = await after();
  await app.ask(phone, "/");
  await app.ask(laptop, "/login?user=ada", "POST");
  await expectUser(app, laptop, "ada");
  await expectUser(app, phone, null);
});
