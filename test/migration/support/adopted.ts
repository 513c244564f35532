import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { Browser, copyOf } from "../../support/sessions.js";
import { diffsOf, pageFiles, patched } from "./page.js";
import { type App, expectUser, type Workshop, workshop } from "./workshop.js";

/** A library that `adopt` takes over from, and what is peculiar to it. */
export interface OldLibrary {
  /** The folder of its files on the page. */
  readonly folder: string;
  /** The old cookies' names. */
  readonly cookies: readonly string[];
  /** Whether a sign-out ends copies of the old cookie from before a later change, too. */
  readonly oneId: boolean;
  /** Files of the application's own that the page does not show, from `test/migration/apps`. */
  readonly files?: readonly string[];
  /** The environment variable with its secret. */
  readonly secret: string;
}

const OWN = ["__Host-shop"];

/** The application as the page's diff has it before and after the switch. */
export function project({
  folder,
  files = [],
}: OldLibrary): Workshop & { before(): Promise<App>; after(): Promise<App> } {
  const shop = workshop();
  for (const file of files) {
    shop.write(`${folder}/${file}`, readFileSync(path.join(import.meta.dirname, "../apps", folder, file), "utf8"));
  }
  const { before, after } = diffsOf(`${folder}/app.mjs`)[0] as { before: string; after: string };
  shop.write(`${folder}/before.mjs`, before);
  shop.write(`${folder}/after.mjs`, after);
  return {
    ...shop,
    before: () => shop.start(`${folder}/before.mjs`),
    after: () => shop.start(`${folder}/after.mjs`),
  };
}

export async function signIn(app: App, user: string, item?: string): Promise<Browser> {
  const browser = new Browser();
  expect((await app.ask(browser, `/login?user=${user}`, "POST")).status).toBe(200);
  if (item !== undefined) await app.ask(browser, `/cart?item=${item}`, "POST");
  return browser;
}

/** What holds for each of the libraries: the same shop, before the switch and after it. */
export function adoptedScenarios(library: OldLibrary): void {
  const { cookies, oneId, secret } = library;

  test("who signed in with the old library is signed in with the new set-up, under a new cookie, with the data", async () => {
    const { before, after } = project(library);
    const browser = await signIn(await before(), "ada", "tea");
    expect([...browser.cookies.keys()].toSorted()).toEqual([...cookies].toSorted());
    const app = await after();
    expect((await app.ask(browser, "/")).json).toEqual({ user: "ada", cart: ["tea"] });
    expect([...browser.cookies.keys()]).toEqual(OWN);
    const again = await app.ask(browser, "/");
    expect([again.json, again.setCookies]).toEqual([{ user: "ada", cart: ["tea"] }, []]);
    await app.ask(browser, "/cart?item=milk", "POST");
    expect((await app.ask(browser, "/")).json).toEqual({ user: "ada", cart: ["tea", "milk"] });
  });

  test("requests that come side by side after the switch are all signed in, and stay so", async () => {
    const { before, after } = project(library);
    const browser = await signIn(await before(), "ada", "tea");
    const app = await after();
    const twins = Array.from({ length: 6 }, () => copyOf(browser));
    const answers = await Promise.all(twins.map((twin) => app.ask(twin, "/")));
    expect(answers.map(({ json }) => json["user"])).toEqual(twins.map(() => "ada"));
    for (const twin of twins) await expectUser(app, twin, "ada");
  });

  test("a sign-out holds: copies of the new cookie and of the old one are refused", async () => {
    const { before, after } = project(library);
    const old = await before();
    const [seen, unseen] = [await signIn(old, "ada", "tea"), await signIn(old, "bob", "tea")];
    const stolen = [copyOf(seen), copyOf(unseen)];
    const app = await after();
    await app.ask(seen, "/");
    stolen.push(copyOf(seen));
    for (const browser of [seen, unseen]) {
      await app.ask(browser, "/logout", "POST");
      expect(browser.cookies.size).toBe(0);
    }
    for (const copy of stolen) await expectUser(app, copy, null);
  });

  test("a copy of the old cookie that is written otherwise is ended by the sign-out, too", async () => {
    const { before, after } = project(library);
    const browser = await signIn(await before(), "ada", "tea");
    const app = await after();
    const copies = cookies.flatMap((name) => {
      const value = browser.cookies.get(name) ?? "";
      const encoded = `%${value.codePointAt(0)?.toString(16)}${value.slice(1)}`;
      return [encoded, `${value}x`, `${value}=`, `${value}%20`, `${value}%3Bx`, ` ${value}`].map((variant) => {
        const copy = copyOf(browser);
        copy.cookies.set(name, variant);
        return copy;
      });
    });
    const users = await Promise.all(copies.map(async (copy) => (await app.ask(copyOf(copy), "/")).json["user"]));
    expect(users, "some are the same session").toContain("ada");
    await app.ask(browser, "/logout", "POST");
    for (const copy of copies) await expectUser(app, copy, null, copy.header);
  });

  test("a copy from before a later change is ended by revokeSubject, and by a sign-out where the page says so", async () => {
    const { before, after } = project(library);
    const old = await before();
    const browser = await signIn(old, "ada", "tea");
    const earlier = copyOf(browser);
    await old.ask(browser, "/cart?item=milk", "POST");
    const other = await signIn(old, "ada", "soap");
    const app = await after();
    await app.ask(browser, "/logout", "POST");
    await expectUser(app, earlier, oneId ? null : "ada");
    await expectUser(app, other, "ada");
    await app.ask(copyOf(other), "/everywhere", "POST");
    for (const copy of [earlier, other]) await expectUser(app, copy, null);
    await expectUser(app, await signIn(app, "ada"), "ada");
  });

  test("a forged old cookie, and one of another secret, is nobody's", async () => {
    const { before, after, start } = project(library);
    const browser = await signIn(await before(), "ada", "tea");
    const app = await after();
    for (const name of cookies) {
      const value = browser.cookies.get(name) ?? "";
      for (const forged of ["", "x", `x${value}`, value.slice(1), `%${value}`, `${value.slice(0, -9)}AAAAAAAAA`]) {
        const copy = copyOf(browser);
        copy.cookies.set(name, forged);
        await expectUser(app, copy, null, forged);
      }
    }
    const other = "ff".repeat(32);
    await expectUser(await start(`${library.folder}/after.mjs`, { [secret]: other }), browser, null);
    await expectUser(app, browser, "ada");
  });

  test("without the old secret the application does not start, rather than take what anybody could sign", async () => {
    const { start } = project(library);
    await expect(start(`${library.folder}/after.mjs`, { [secret]: "" })).rejects.toThrow(`${secret} is missing`);
  });

  test("going back, who was not seen here is still signed in, and who was signs in again", async () => {
    const { before, after } = project(library);
    const old = await before();
    const [seen, unseen] = [await signIn(old, "ada", "tea"), await signIn(old, "bob", "tea")];
    const app = await after();
    await app.ask(seen, "/");
    const back = await before();
    await expectUser(back, unseen, "bob");
    await expectUser(back, seen, null);
    await expectUser(back, await signIn(back, "ada"), "ada");
  });

  test("without adopt no old cookie is accepted, and who was seen before stays signed in", async () => {
    const { before, after, write, start, folder } = project(library);
    const old = await before();
    const [seen, unseen] = [await signIn(old, "ada", "tea"), await signIn(old, "bob", "tea")];
    await (await after()).ask(seen, "/");
    const source = readFileSync(path.join(folder, `${library.folder}/after.mjs`), "utf8");
    write(`${library.folder}/end.mjs`, source.replace(/^ {2}adopt: .*\n/m, ""));
    const app = await start(`${library.folder}/end.mjs`);
    await expectUser(app, seen, "ada");
    await expectUser(app, unseen, null);
  });

  test("a list that was begun after SINCE has everybody sign in again", async () => {
    const { before, after, write } = project(library);
    const browser = await signIn(await before(), "ada", "tea");
    const code = pageFiles.get("old-cookie.mjs") ?? "";
    write("old-cookie.mjs", patched(code, { before: "2026-12-01T09:00:00Z", after: "2020-01-01T00:00:00Z" }));
    await expectUser(await after(), browser, null);
  });
}

/** What a guest's cart becomes with the switch. */
export async function guestAfterSwitch(library: OldLibrary): Promise<unknown> {
  const { before, after } = project(library);
  const browser = new Browser();
  await (await before()).ask(browser, "/cart?item=tea", "POST");
  return (await (await after()).ask(browser, "/")).json;
}
