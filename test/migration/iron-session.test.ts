import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Browser, copyOf } from "../support/sessions.js";
import { type Change, diffsOf, patched } from "./support/page.js";
import { type App, expectUser, workshop } from "./support/workshop.js";

const SOURCE = readFileSync(path.join(import.meta.dirname, "apps/iron-session/app.mjs"), "utf8");
const [IMPORT, SIGN_OUT] = diffsOf("iron-session/app.mjs") as [Change, Change];
const [OPTIONS] = diffsOf("iron-session/options.mjs") as [Change];
const OWN = ["__Host-shop-sealed"];

/** One application: as it was, with its import changed, and with sign-outs that hold. Each in a folder of its own. */
function project(version: "iron-session" | "iron-session-8") {
  const shop = workshop();
  const changed = patched(SOURCE, IMPORT);
  const stages = {
    old: [SOURCE.replace('from "iron-session"', `from "${version}"`), OPTIONS.before],
    changed: [changed, OPTIONS.before],
    onward: [patched(changed, SIGN_OUT), OPTIONS.after],
  } as const;
  const everywhere = readFileSync(path.join(shop.folder, "iron-session/everywhere.mjs"), "utf8");
  for (const [stage, [app, options]] of Object.entries(stages)) {
    shop.write(`${stage}/app.mjs`, app);
    shop.write(`${stage}/options.mjs`, options);
    shop.write(`${stage}/everywhere.mjs`, everywhere);
  }
  return {
    ...shop,
    run: (stage: keyof typeof stages, env?: Record<string, string>) => shop.start(`${stage}/app.mjs`, env),
  };
}

async function signIn(app: App, user: string): Promise<Browser> {
  const browser = new Browser();
  await app.ask(browser, `/login?user=${user}`);
  await app.ask(browser, "/cart?item=tea");
  return browser;
}

describe.each(["iron-session", "iron-session-8"] as const)("from %s", (version) => {
  test("with the import changed users stay signed in, side by side and on the way back", async () => {
    const { run } = project(version);
    const [old, changed] = [await run("old"), await run("changed")];
    const [ada, bob] = [await signIn(old, "ada"), await signIn(changed, "bob")];
    for (const app of [changed, old, changed]) {
      for (const [browser, user] of [
        [ada, "ada"],
        [bob, "bob"],
      ] as const) {
        expect((await app.ask(browser, "/")).json["user"]).toBe(user);
        await app.ask(browser, "/cart?item=milk");
      }
    }
    expect((await old.ask(ada, "/")).json["cart"]).toEqual(["tea", "milk", "milk", "milk"]);
    await changed.ask(ada, "/logout");
    expect(ada.cookies.size).toBe(0);
  });

  test("then with a list of sign-outs: users stay signed in, and a sign-out ends copies of both cookies", async () => {
    const { run } = project(version);
    const old = await run("old");
    const [seen, unseen] = [await signIn(old, "ada"), await signIn(old, "bob")];
    const stolen = [copyOf(seen), copyOf(unseen)];
    const app = await run("onward");
    expect((await app.ask(seen, "/")).json).toEqual({ user: "ada", cart: ["tea"] });
    expect([...seen.cookies.keys()]).toEqual(OWN);
    stolen.push(copyOf(seen));
    for (const browser of [seen, unseen]) {
      await app.ask(browser, "/logout");
      expect(browser.cookies.size).toBe(0);
    }
    for (const copy of stolen) await expectUser(app, copy, null);
  });

  test("a copy from before an earlier save outlives the sign-out; revokeSubject ends it, and every session of the user", async () => {
    const { run } = project(version);
    const old = await run("old");
    const browser = await signIn(old, "ada");
    const earlier = copyOf(browser);
    await old.ask(browser, "/cart?item=milk");
    const [phone, bob] = [await signIn(old, "ada"), await signIn(old, "bob")];
    const app = await run("onward");
    await app.ask(browser, "/logout");
    await expectUser(app, earlier, "ada");
    await app.ask(phone, "/");
    await app.ask(copyOf(phone), "/everywhere");
    for (const copy of [earlier, phone]) await expectUser(app, copy, null);
    await expectUser(app, bob, "bob");
    await expectUser(app, await signIn(app, "ada"), "ada");
  });

  test("with another password no old cookie is accepted, and who was seen before stays signed in", async () => {
    const { run } = project(version);
    const old = await run("old");
    const [seen, unseen] = [await signIn(old, "ada"), await signIn(old, "bob")];
    await (await run("onward")).ask(seen, "/");
    const app = await run("onward", { SESSION_PASSWORD: "Zr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2xkX3vJm0q" });
    await expectUser(app, seen, "ada");
    await expectUser(app, unseen, null);
  });

  test("going back from there, who was not seen is still signed in, and who was signs in again", async () => {
    const { run } = project(version);
    const old = await run("old");
    const [seen, unseen] = [await signIn(old, "ada"), await signIn(old, "bob")];
    const copy = copyOf(seen);
    const app = await run("onward");
    await app.ask(seen, "/");
    await app.ask(copyOf(seen), "/logout");
    for (const back of [old, await run("changed")]) {
      await expectUser(back, unseen, "bob");
      await expectUser(back, seen, null);
      await expectUser(back, copy, "ada", "it knows of no sign-out");
      await expectUser(back, await signIn(back, "ada"), "ada");
    }
  });
});

test("a list that was begun after `since` has everybody sign in again", async () => {
  const { run, folder } = project("iron-session");
  const browser = await signIn(await run("old"), "ada");
  for (const file of readdirSync(folder)) if (file.startsWith("sessions.db")) rmSync(path.join(folder, file));
  const app = await run("onward");
  await expectUser(app, browser, null);
});

test("CommonJS may go on with require", () => {
  const { folder, write } = project("iron-session-8");
  write("common.cjs", 'console.log(typeof require("sealed-session/iron-session").getIronSession);\n');
  expect(execFileSync("node", [path.join(folder, "common.cjs")], { encoding: "utf8" })).toBe("function\n");
});
