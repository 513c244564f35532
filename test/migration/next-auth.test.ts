import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { Browser, copyOf } from "../support/sessions.js";
import { type App, ENVIRONMENT, expectUser, type Workshop, workshop } from "./support/workshop.js";

// Not by import: its types bring those of Next.js, which change process.env for the whole repository.
const load = createRequire(import.meta.url);
const { encode } = load("next-auth/jwt") as {
  encode(this: void, parameters: { token: object; secret: string; salt?: string; maxAge?: number }): Promise<string>;
};

const APPS = path.join(import.meta.dirname, "apps/next-auth");
const NAME = "__Secure-next-auth.session-token";
const OWN = ["__Host-shop"];

async function project(): Promise<Workshop & { before(note?: number): Promise<App>; after(): Promise<App> }> {
  const shop = workshop();
  shop.write("next-auth/before.mjs", readFileSync(path.join(APPS, "before.mjs"), "utf8"));
  shop.write("next-auth/source.mjs", readFileSync(path.join(APPS, "after.mjs"), "utf8"));
  // As a bundler of Next.js' would: TypeScript, and imports without an extension.
  await build({
    entryPoints: [path.join(shop.folder, "next-auth/source.mjs")],
    outfile: path.join(shop.folder, "next-auth/after.mjs"),
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return {
    ...shop,
    before: (note = 0) => shop.start("next-auth/before.mjs", { NOTE_SIZE: String(note) }),
    after: () => shop.start("next-auth/after.mjs"),
  };
}

/** Signs in as next-auth's own page does. */
async function signIn(app: App, user: string): Promise<Browser> {
  const browser = new Browser();
  const { json } = await app.ask(browser, "/api/auth/csrf");
  const url = `/api/auth/callback/credentials?user=${user}`;
  await app.ask(browser, url, "POST", { csrfToken: String(json["csrfToken"]), user });
  return browser;
}

/** Only the session's cookies: next-auth has others besides. */
function sessionCookies(browser: Browser): string[] {
  return [...browser.cookies.keys()].filter((name) => /session-token|__Host-shop/.test(name)).toSorted();
}

test("who signed in with next-auth is signed in with the new set-up, under a new cookie", async () => {
  const { before, after } = await project();
  const browser = await signIn(await before(), "ada");
  expect(sessionCookies(browser)).toEqual([NAME]);
  const app = await after();
  const { json } = await app.ask(browser, "/");
  expect(json).toMatchObject({ user: "ada", data: { name: "ada's name", email: "ada@example.org" } });
  expect(sessionCookies(browser)).toEqual(OWN);
  const again = await app.ask(browser, "/");
  expect([again.json["user"], again.setCookies]).toEqual(["ada", []]);
});

test("requests that come side by side after the switch are all signed in, and stay so", async () => {
  const { before, after } = await project();
  const browser = await signIn(await before(), "ada");
  const app = await after();
  const twins = Array.from({ length: 6 }, () => copyOf(browser));
  const answers = await Promise.all(twins.map((twin) => app.ask(twin, "/")));
  expect(answers.map(({ json }) => json["user"])).toEqual(twins.map(() => "ada"));
  for (const twin of twins) await expectUser(app, twin, "ada");
});

test("sessionProxy takes the old session over at the first request", async () => {
  const { before, after } = await project();
  const browser = await signIn(await before(), "ada");
  const app = await after();
  await app.ask(browser, "/proxy");
  expect(sessionCookies(browser)).toEqual(OWN);
  await expectUser(app, browser, "ada");
});

test("a token in several cookies is taken over whole, and all of them are removed", async () => {
  const { before, after } = await project();
  const browser = await signIn(await before(5_000), "ada");
  expect(sessionCookies(browser)).toEqual([`${NAME}.0`, `${NAME}.1`]);
  const { json } = await (await after()).ask(browser, "/");
  expect(json).toMatchObject({ user: "ada", data: { note: "n".repeat(5_000) } });
  expect(sessionCookies(browser)).toEqual(["__Host-shop.0", "__Host-shop.1"]);
});

test("a sign-out holds: copies of the new cookie and of next-auth's are refused", async () => {
  const { before, after } = await project();
  const old = await before();
  const [seen, unseen] = [await signIn(old, "ada"), await signIn(old, "bob")];
  const stolen = [copyOf(seen), copyOf(unseen)];
  const app = await after();
  await app.ask(seen, "/");
  stolen.push(copyOf(seen));
  for (const browser of [seen, unseen]) {
    await app.ask(browser, "/logout");
    expect(sessionCookies(browser)).toEqual([]);
  }
  for (const copy of stolen) await expectUser(app, copy, null);
});

test("a copy of the token that is written otherwise is ended by the sign-out, too", async () => {
  const { before, after } = await project();
  const browser = await signIn(await before(), "ada");
  const app = await after();
  const value = browser.cookies.get(NAME) ?? "";
  const copies = [`%${value.codePointAt(0)?.toString(16)}${value.slice(1)}`, `${value}=`, `${value}%20`, `${value}x`];
  // The tag is 16 bytes in 22 characters: the last four bits say nothing.
  copies.push(...["A", "B", "C", "Q", "R", "g", "w"].map((end) => `${value.slice(0, -1)}${end}`));
  const sent = copies.map((variant) => {
    const copy = new Browser();
    copy.cookies.set(NAME, variant);
    return copy;
  });
  const users = await Promise.all(sent.map(async (copy) => (await app.ask(copyOf(copy), "/")).json["user"]));
  expect(users, "some are the same session").toContain("ada");
  await app.ask(browser, "/logout");
  for (const copy of sent) await expectUser(app, copy, null, copy.header);
});

test("a token from before a renewal outlives the sign-out; revokeSubject ends it, and every session of the user", async () => {
  const { before, after } = await project();
  const old = await before();
  const browser = await signIn(old, "ada");
  const earlier = copyOf(browser);
  await old.ask(browser, "/api/auth/session");
  expect(browser.cookies.get(NAME)).not.toBe(earlier.cookies.get(NAME));
  const [phone, bob] = [await signIn(old, "ada"), await signIn(old, "bob")];
  const app = await after();
  await app.ask(browser, "/logout");
  await expectUser(app, earlier, "ada");
  await app.ask(copyOf(phone), "/everywhere");
  for (const copy of [earlier, phone]) await expectUser(app, copy, null);
  await expectUser(app, bob, "bob");
  await app.ask(browser, "/login?user=ada");
  await expectUser(app, browser, "ada");
});

test("going back, who was not seen here is still signed in, and who was signs in again", async () => {
  const { before, after } = await project();
  const old = await before();
  const [seen, unseen] = [await signIn(old, "ada"), await signIn(old, "bob")];
  await (await after()).ask(seen, "/");
  const user = async (browser: Browser) => (await old.ask(browser, "/api/auth/session")).json["user"];
  expect(await user(unseen)).toMatchObject({ id: "bob" });
  expect(await user(seen)).toBeUndefined();
  expect(await user(await signIn(old, "ada"))).toMatchObject({ id: "ada" });
});

test("a token of another secret or purpose, one that expired, or that has no user, is nobody's; nor is any without the secret", async () => {
  const { after, start } = await project();
  const app = await after();
  const secret = ENVIRONMENT.NEXTAUTH_SECRET;
  const browserWith = (token: string): Browser => {
    const browser = new Browser();
    browser.cookies.set(NAME, token);
    return browser;
  };
  const token = { sub: "ada", name: "Ada" };
  await expectUser(app, browserWith(await encode({ token, secret })), "ada");
  await expectUser(app, browserWith(await encode({ token, secret: "another" })), null);
  await expectUser(app, browserWith(await encode({ token, secret, salt: "another purpose" })), null);
  await expectUser(app, browserWith(await encode({ token, secret, maxAge: -60 })), null);
  await expectUser(app, browserWith(await encode({ token: { name: "Ada" }, secret })), null);
  for (const garbage of ["x", "a.b.c.d.e", "%", "....", "x".repeat(10_000)]) {
    await expectUser(app, browserWith(garbage), null);
  }
  const misconfigured = await start("next-auth/after.mjs", { NEXTAUTH_SECRET: "" });
  await expectUser(misconfigured, browserWith(await encode({ token, secret })), null);
});
