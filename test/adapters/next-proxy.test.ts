import { type NextFetchEvent, NextRequest, NextResponse } from "next/server.js";
import { expect, test } from "vitest";
import { RevocationUnavailableError } from "sealed-session";
import { createNextSessions } from "sealed-session/next";
import { brokenStore } from "./broken-store.js";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

const event = {} as NextFetchEvent;
const requestOf = (cookie: string) => new NextRequest("http://localhost/", { headers: { cookie } });

/** A guest whose session is due for renewal: the proxy writes, and so forwards the cookies anew. */
async function dueGuest() {
  const manager = testManager();
  const guest = new Browser();
  await play(manager.sessions, guest, (session) => (session.set("a", 1), session.save()));
  const attacker = new Browser();
  await play(manager.sessions, attacker, (session) => session.login("attacker"));
  manager.clock.advance(20 * 60_000);
  await play(manager.sessions, attacker, (session) => session.login("attacker"));
  return { ...manager, guest, attacker };
}

test.each([
  ["a no-break space before it", (name: string, value: string) => `\u00a0${name}=${value}`],
  ["another case", (name: string, value: string) => `${name.toLowerCase()}=${value}`],
])("regression: what the proxy forwards makes no look-alike name (%s) real", async (_, twin) => {
  const { sessions, name, guest, attacker } = await dueGuest();
  const stolen = attacker.cookies.get(`__Host-${name}`) ?? "";
  const { sessionProxy } = createNextSessions(sessions);
  const response = await sessionProxy()(requestOf(`${guest.header}; ${twin(`__Host-${name}`, stolen)}`), event);
  const forwarded = response.headers.get("x-middleware-request-cookie") ?? "";
  expect(forwarded).toContain(`__Host-${name}.seen=`);
  expect((await visit(sessions, forwarded)).session.subject).toBeUndefined();
});

test.each<[string, () => Response]>([
  ["a redirect", () => NextResponse.redirect("http://localhost/sign-in", 308)],
  ["JSON", () => Response.json({ user: "ada" })],
])(
  "regression: %s of the application's own proxy, which read the session, is kept out of shared caches",
  async (_, own) => {
    const { sessionProxy } = createNextSessions(testManager().sessions);
    const response = await sessionProxy(own)(requestOf(""), event);
    expect([response.headers.get("cache-control"), response.headers.get("vary")]).toEqual([
      "private, no-store",
      "Cookie",
    ]);
  },
);

test("a page that nothing was written for keeps its own cache headers", async () => {
  const { sessionProxy } = createNextSessions(testManager().sessions);
  const response = await sessionProxy()(requestOf("theme=dark"), event);
  expect([...response.headers.keys()]).toEqual(["x-middleware-next"]);
});

test("Response.error() of the application's own proxy is passed on although there is something to write", async () => {
  const { sessions, guest } = await dueGuest();
  const { sessionProxy } = createNextSessions(sessions);
  expect((await sessionProxy(() => Response.error())(requestOf(guest.header), event)).type).toBe("error");
});

test("in an outage a proxy without a handler lets the request through, for the page behind it to decide", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const down = testManager({
    name,
    revocation: { ...brokenStore },
  });
  const { sessionProxy } = createNextSessions(down.sessions);
  expect((await sessionProxy()(requestOf(browser.header), event)).headers.get("x-middleware-next")).toBe("1");
  const guarded = sessionProxy(() => Response.json("never"));
  await expect(guarded(requestOf(browser.header), event)).rejects.toThrow(RevocationUnavailableError);
});
