import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { Browser, SECRET, testManager, visit } from "../support/sessions.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C9. A cookie's value under another cookie's name: Laravel put the name into what it authenticates, since one
 * cookie of an application could be handed in for another. Here the place is authenticated in two ways: the name
 * goes into the keys, and whether somebody is signed in stands in the session.
 */
describe.each(ADAPTERS)("%s", (_name, start) => {
  test("a signed-in user's cookie counts under its own name alone, and so does a guest's", async () => {
    const { ask, send, sessions, cookie, name, token } = await attack(start);
    const guest = new Browser();
    await ask(guest, "/store?colour=blue");
    const tokens = { user: token, guest: guest.cookies.get(`${cookie}.guest`) ?? "" };
    const strangers = [
      ...[name, `${name}.guest`, `__Secure-${name}`, `__Http-${name}`, `__Host-Http-${name}`, `__host-${name}`],
      ...[cookie.toUpperCase(), `${cookie}.`, `${cookie}.user`, `${cookie}.4`, `${cookie}.guest.guest`, `${cookie}2`],
      ...[`__Host-${cookie}`, `.${cookie}`, `${cookie}.0.0`, `${cookie}.-1`, `${cookie}.00`, `${cookie}.seen.guest`],
    ];
    for (const kind of ["user", "guest"] as const) {
      const own = sessions.cookieNames[kind];
      for (const place of [...sessions.cookieNames.all, ...strangers]) {
        const { status, json, setCookies } = await send([`${place}=${tokens[kind]}`]);
        expect([place, status, setCookies, json["isNew"]]).toEqual([place, 200, [], place !== own]);
        if (place !== own) expect(json).toMatchObject(NOBODY);
        if (strangers.includes(place)) expect([place, json["rejection"]]).toEqual([place, null]);
      }
    }
    expect((await send([`${cookie}=${tokens.guest}`])).json["rejection"]).toBe("misplaced");
    expect((await send([`${cookie}.guest=${tokens.user}`])).json["rejection"]).toBe("misplaced");
  });

  test("chunks count under the names that they were set under", async () => {
    const { ask, send, cookie, name } = await attack(start);
    const browser = new Browser();
    await ask(browser, "/large?size=6000");
    const values = [...browser.cookies.values()];
    const under = (base: string) => values.map((value, at) => `${base}.${at}=${value}`).join("; ");
    expect((await send([under(`${cookie}.guest`)])).json["isNew"]).toBe(false);
    for (const base of [cookie, name, `${name}.guest`, `__Secure-${name}.guest`, `${cookie}.flash`, `${cookie}.seen`]) {
      const { status, json } = await send([under(base)]);
      expect([base, status, json]).toMatchObject([base, 200, NOBODY]);
    }
  });
});

test("a session of one manager is tampered with for every other of the same secret, and unread without its prefix", async () => {
  const names = ["shop", "shop2", "Shop", "sho", "shop-guest"].map((name) => `${name}-${process.pid}`);
  const managers = names.map((name) => testManager({ name, keyring: SECRET }));
  for (const from of managers) {
    const { session, setCookies } = await visit(from.sessions, "");
    await session.login("ada");
    const token = /=([^;]+)/.exec(setCookies()[0] ?? "")?.[1] ?? "";
    for (const [at, { sessions }] of managers.entries()) {
      const { user } = sessions.cookieNames;
      const opened = (await visit(sessions, `${user}=${token}`)).session;
      const isOwn = sessions === from.sessions;
      expect([names[at], opened.rejection]).toEqual([names[at], isOwn ? undefined : "tampered"]);
      const bare = (await visit(sessions, `${names[at]}=${token}`)).session;
      expect([bare.isNew, bare.rejection]).toEqual([true, undefined]);
    }
  }
});
