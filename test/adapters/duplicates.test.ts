import { describe, expect, test } from "vitest";
import { testManager } from "../support/sessions.js";
import { rawRequest, serve } from "../support/server.js";
import { SURFACES } from "./surfaces.js";

/** Cookies sent as raw bytes over a socket: header objects would collapse the duplicates before they are seen. */
describe.each(SURFACES)("duplicates on %s", (_surface, handler) => {
  async function start() {
    const { sessions, name, clock } = testManager();
    const port = await serve(handler(sessions));
    const cookie = `__Host-${name}`;
    const signIn = async (subject: string): Promise<string> => {
      const { setCookies } = await rawRequest(port, `/login/${subject}`, []);
      return setCookies[0]?.split(";")[0] ?? "";
    };
    const ask = async (cookies: string[], path = "/"): Promise<Record<string, unknown>> => {
      const response = await rawRequest(port, path, cookies);
      expect(response.status).toBe(200);
      if (path === "/") expect(response.setCookies).toEqual([]);
      return JSON.parse(response.body) as Record<string, unknown>;
    };
    return { sessions, port, cookie, name, clock, ask, ada: await signIn("ada"), bob: await signIn("bob") };
  }

  const JOINS: [string, (...pairs: string[]) => string[]][] = [
    ["in one line", (...pairs) => [pairs.join("; ")]],
    ["in lines of their own", (...pairs) => pairs],
    ["in one line without spaces", (...pairs) => [pairs.join(";")]],
  ];

  test.each(JOINS)("a bad twin %s, first or last, does not sign anyone out", async (_how, join) => {
    const { ask, ada, cookie } = await start();
    const value = ada.slice(cookie.length + 1);
    const twins = [
      `${cookie}=garbage`,
      `${cookie}=`,
      `${cookie}=${value.slice(0, -4)}AAAA`,
      `${cookie}="${value}"`,
      `${cookie}=${encodeURIComponent(value).replaceAll("*", "%2A")}`,
      cookie,
    ];
    for (const twin of twins) {
      expect((await ask(join(twin, ada)))["subject"]).toBe("ada");
      expect((await ask(join(ada, twin)))["subject"]).toBe("ada");
    }
  });

  test.each(JOINS)("two live sessions %s are nobody", async (_how, join) => {
    const { ask, ada, bob } = await start();
    for (const pairs of [
      [ada, bob],
      [bob, ada],
    ]) {
      expect(await ask(join(...pairs))).toEqual({ subject: null, isNew: true, rejection: "ambiguous", stored: null });
    }
  });

  test("a revoked twin, first or last, is passed over", async () => {
    const { ask, ada, bob, sessions } = await start();
    await sessions.revokeSubject("bob");
    expect((await ask([`${bob}; ${ada}`]))["subject"]).toBe("ada");
    expect((await ask([`${ada}; ${bob}`]))["subject"]).toBe("ada");
  });

  test("of one session's values the one sealed last counts", async () => {
    const { ada, ask, clock, port } = await start();
    clock.advance(1_000);
    const stored = (await rawRequest(port, "/store/x", [ada])).setCookies[0]?.split(";")[0] ?? "";
    expect((await ask([`${ada}; ${stored}`]))["stored"]).toBe("x");
    expect((await ask([stored, ada]))["stored"]).toBe("x");
  });

  test("a sign-out with twins ends both", async () => {
    const { ask, ada, bob } = await start();
    await ask([`${ada}; ${bob}`], "/logout");
    expect((await ask([ada]))["rejection"]).toBe("revoked");
    expect((await ask([bob]))["rejection"]).toBe("revoked");
  });

  test("a sign-in with twins works from then on, although the browser keeps a stale one", async () => {
    const { ask, ada, bob, port } = await start();
    const { setCookies } = await rawRequest(port, "/login/cleo", [`${ada}; ${bob}`]);
    const cleo = setCookies[0]?.split(";")[0] ?? "";
    expect((await ask([`${ada}; ${cleo}; ${bob}`]))["subject"]).toBe("cleo");
  });

  test.each([
    ["the prefix in lower case", (name: string) => `__host-${name}`],
    ["the prefix in upper case", (name: string) => `__HOST-${name}`],
    ["no prefix", (name: string) => name],
    ["a no-break space before the prefix", (name: string) => `\u00a0__Host-${name}`],
    ["a next-line character before the prefix", (name: string) => `\u0085__Host-${name}`],
    ["a no-break space behind the name", (name: string) => `__Host-${name}\u00a0`],
    ["an ogham space, as UTF-8, before the prefix", (name: string) => `\xe1\x9a\x80__Host-${name}`],
    ["an equals sign before the prefix", (name: string) => `=__Host-${name}`],
  ])("a name with %s is not ours, alone and next to ours", async (_what, lookAlike) => {
    const { ask, ada, bob, cookie, name } = await start();
    const fake = `${lookAlike(name)}=${bob.slice(cookie.length + 1)}`;
    expect(await ask([fake])).toEqual({ subject: null, isNew: true, rejection: null, stored: null });
    expect((await ask([`${fake}; ${ada}`]))["subject"]).toBe("ada");
    expect((await ask([`${ada}; ${fake}`]))["subject"]).toBe("ada");
    expect((await ask([fake, ada]))["subject"]).toBe("ada");
  });

  test("spaces and tabs around a pair are not part of it", async () => {
    const { ask, ada } = await start();
    expect((await ask([`  a=1 ;\t ${ada.replace("=", " = ")} \t; b=2  `]))["subject"]).toBe("ada");
  });

  test("a header of nothing but rubbish opens a fresh session", async () => {
    const { ask, cookie } = await start();
    for (const header of [";;;;", "=", "=;=", cookie, "\u00ff\u00fe", `${cookie}=x; `.repeat(200)]) {
      expect((await ask([header]))["isNew"]).toBe(true);
    }
  });
});
