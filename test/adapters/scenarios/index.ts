import { describe, expect, test } from "vitest";
import { rawRequest } from "../../support/server.js";
import { Browser, copyOf } from "../../support/sessions.js";
import { type StartApp, startApplication } from "./application.js";

/** What holds with every adapter: the same requests over a socket, to the same application, each in its framework. */
export function adapterScenarios(adapter: string, start: StartApp): void {
  const application = () => startApplication(start);

  describe(`${adapter}: the scenarios of every adapter`, () => {
    test("a visitor who stores nothing is set no cookie", async () => {
      const { ask } = await application();
      const { json, setCookies } = await ask(new Browser(), "/");
      expect(json).toEqual({ subject: null, isNew: true, rejection: null, data: {} });
      expect(setCookies).toEqual([]);
    });

    test("what a guest stores is there in the next request, and reading it sets no cookie", async () => {
      const { ask, cookie } = await application();
      const browser = new Browser();
      const stored = await ask(browser, "/store?colour=blue");
      expect(stored.setCookies).toHaveLength(1);
      expect(stored.setCookies[0]).toMatch(
        new RegExp(`^${cookie}\\.guest=Fe26\\.2\\*.*; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Lax$`),
      );
      const { json, setCookies } = await ask(browser, "/");
      expect(json).toEqual({ subject: null, isNew: false, rejection: null, data: { colour: "blue" } });
      expect(setCookies).toEqual([]);
    });

    test("a response with a session is not for shared caches", async () => {
      const { ask, signIn } = await application();
      const { headers } = await ask(await signIn("ada"), "/");
      expect(headers).toContainEqual(["cache-control", "private, no-store"]);
      expect(headers.find(([name]) => name === "vary")?.[1]).toMatch(/\bcookie\b/i);
    });

    test("a sign-in keeps the guest's data under a new cookie, and clears the guest's", async () => {
      const { ask, cookie } = await application();
      const browser = new Browser();
      await ask(browser, "/store?colour=blue");
      const guest = copyOf(browser);
      await ask(browser, "/login?subject=ada");
      expect([...browser.cookies.keys()]).toEqual([cookie]);
      expect((await ask(browser, "/")).json).toMatchObject({ subject: "ada", data: { colour: "blue" } });
      expect((await ask(guest, "/")).json).toMatchObject({ isNew: true, rejection: "superseded" });
    });

    test("parallel requests of one browser all find it signed in", async () => {
      const { ask, signIn } = await application();
      const browser = await signIn("ada");
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => ask(copyOf(browser), i % 2 === 0 ? "/" : `/store?n=${i}`)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
      for (const [i, { json }] of answers.entries()) if (i % 2 === 0) expect(json["subject"]).toBe("ada");
    });

    test("parallel requests of different users never mix", async () => {
      const { ask, signIn } = await application();
      const names = ["ada", "bob", "cleo", "dan"];
      const browsers = await Promise.all(names.map(signIn));
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, i) => ask(copyOf(browsers[i % 4] as Browser), i < 12 ? "/" : "/redirect")),
      );
      for (const [i, { json }] of answers.slice(0, 12).entries()) expect(json["subject"]).toBe(names[i % 4]);
      for (const [i, browser] of browsers.entries()) expect((await ask(browser, "/")).json["subject"]).toBe(names[i]);
    });

    test("a streamed response carries the cookie, and arrives whole", async () => {
      const { ask } = await application();
      const browser = new Browser();
      const { body, setCookies } = await ask(browser, "/stream");
      expect(body).toBe("one two three");
      expect(setCookies).toHaveLength(1);
      expect((await ask(browser, "/")).json).toMatchObject({ data: { streamed: "yes" } });
    });

    test("a redirect carries the cookie", async () => {
      const { ask } = await application();
      const browser = new Browser();
      const { status, headers, setCookies } = await ask(browser, "/redirect");
      expect(status).toBe(302);
      expect(headers.find(([name]) => name === "location")?.[1]).toMatch(/\/$/);
      expect(setCookies).toHaveLength(1);
      expect((await ask(browser, "/")).json).toMatchObject({ data: { redirected: "yes" } });
    });

    test("a route that fails is the framework's 500, and leaves the session in force", async () => {
      const { ask, signIn } = await application();
      const browser = await signIn("ada");
      expect((await ask(browser, "/fail")).status).toBe(500);
      expect((await ask(browser, "/")).json["subject"]).toBe("ada");
    });

    test("a regenerated session goes on, and its old cookie is refused", async () => {
      const { ask, signIn } = await application();
      const browser = await signIn("ada");
      const old = copyOf(browser);
      await ask(browser, "/regenerate");
      expect((await ask(browser, "/")).json["subject"]).toBe("ada");
      expect((await ask(old, "/")).json).toMatchObject({ subject: null, rejection: "superseded" });
    });

    test("a sign-out clears the cookie, and a copy of it is refused", async () => {
      const { ask, signIn } = await application();
      const browser = await signIn("ada");
      const stolen = copyOf(browser);
      const { setCookies } = await ask(browser, "/logout");
      expect(setCookies.every((line) => line.includes("; Max-Age=0; "))).toBe(true);
      expect(browser.cookies.size).toBe(0);
      expect((await ask(stolen, "/")).json).toMatchObject({ subject: null, isNew: true, rejection: "revoked" });
    });

    test("signing out everywhere ends the user's other browsers, and nobody else's", async () => {
      const { ask, signIn } = await application();
      const [here, there, bob] = [await signIn("ada"), await signIn("ada"), await signIn("bob")];
      await ask(here, "/everywhere");
      for (const browser of [here, there]) expect((await ask(browser, "/")).json["rejection"]).toBe("revoked");
      expect((await ask(bob, "/")).json["subject"]).toBe("bob");
      await ask(here, "/login?subject=ada");
      expect((await ask(here, "/")).json["subject"]).toBe("ada");
    });

    test("a session that is too large for one cookie comes in chunks, which a smaller one clears", async () => {
      const { ask, cookie } = await application();
      const browser = new Browser();
      await ask(browser, "/large?size=5000");
      expect([...browser.cookies.keys()]).toEqual([`${cookie}.guest.0`, `${cookie}.guest.1`]);
      expect((await ask(browser, "/")).json["data"]).toEqual({ large: "x".repeat(5000) });
      await ask(browser, "/large?size=10");
      expect([...browser.cookies.keys()]).toEqual([`${cookie}.guest`]);
      expect((await ask(browser, "/")).json["data"]).toEqual({ large: "x".repeat(10) });
    });

    test("one that no browser would keep is an error, not a lost session", async () => {
      const { ask } = await application();
      const browser = new Browser();
      await ask(browser, "/store?colour=blue");
      expect((await ask(browser, "/large?size=20000")).status).toBe(500);
      expect((await ask(browser, "/")).json["data"]).toEqual({ colour: "blue" });
    });

    test("malformed and hostile cookies are a fresh session, never an error", async () => {
      const { ask, signIn, cookie, port } = await application();
      const browser = await signIn("ada");
      const token = browser.cookies.get(cookie) ?? "";
      const values = [
        "",
        "x",
        "Fe26.2*1*a*b*c*9999999999999*d*e~2",
        "Fe26.2*__proto__**a*b*1**c",
        `${token.slice(0, -2)}${token.endsWith("AA") ? "BA" : "AA"}`,
        token.replace("Fe26.2", "Fe26.1"),
        "%".repeat(3000),
        '"unfinished',
      ];
      for (const value of values) {
        const { status, body } = await rawRequest(port, "/", [`${cookie}=${value}`]);
        expect([status, JSON.parse(body)]).toMatchObject([200, { subject: null, isNew: true }]);
      }
      // Beside the good one they do no harm.
      const { body } = await rawRequest(port, "/", [`${cookie}=x; ${cookie}=${token}; ${cookie}=y`]);
      expect(JSON.parse(body)).toMatchObject({ subject: "ada" });
      expect((await ask(browser, "/")).json["subject"]).toBe("ada");
    });
  });
}
