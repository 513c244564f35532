import { type NextFetchEvent, NextRequest, NextResponse } from "next/server.js";
import { createNextSessions } from "sealed-session/next";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";
import { attack, visible } from "./support/target.js";

/*
 * C20. What a proxy or middleware found out must not be believed because a header says so: anybody can send the
 * header. CVE-2025-29927 (Next.js). Every surface opens the session itself, from the Cookie header alone.
 */

/** Headers by which some layer in front might have told who is signed in. */
function forgedHeaders(name: string, token: string): string[] {
  const cookie = `${name}=${token}`;
  return [
    "X-Middleware-Subrequest: middleware:middleware:middleware:middleware:middleware",
    "X-Middleware-Subrequest: src/middleware:nowaf:src/middleware:src/middleware:src/middleware:src/middleware",
    "X-Middleware-Next: 1",
    "X-Middleware-Override-Headers: cookie",
    `X-Middleware-Request-Cookie: ${cookie}`,
    `X-Middleware-Set-Cookie: ${cookie}`,
    "X-Sealed-Session-Notes-Flash: 1",
    `X-Session: ${token}`,
    `X-${name}-Session: ${token}`,
    `Session-Token: ${cookie}`,
    `Authorization: Bearer ${token}`,
    `Proxy-Authorization: Bearer ${token}`,
    "X-User: bob",
    "X-Forwarded-User: bob",
    "Remote-User: bob",
    `X-Forwarded-Cookie: ${cookie}`,
    `X-Original-Cookie: ${cookie}`,
    `Cookie2: ${cookie}`,
    `Set-Cookie: ${cookie}`,
    `X-Cookie: ${cookie}`,
  ];
}

describe.each(ADAPTERS)("%s: a forged header changes nothing", (_adapter, start) => {
  test("for a visitor without a session, and for another user", async () => {
    const { send, browser, token, cookie, signIn } = await attack(start);
    const bob = (await signIn("bob")).cookies.get(cookie) ?? "";
    for (const [cookies, subject] of [
      [[], null],
      [[browser.header], "ada"],
    ] as const) {
      const plain = await send(cookies);
      expect(plain.json["subject"]).toBe(subject);
      const forged = forgedHeaders(cookie, subject === null ? token : bob);
      for (const header of forged) expect(visible(await send(cookies, "/", [header])), header).toBe(visible(plain));
      expect(visible(await send(cookies, "/", forged.slice(1)))).toBe(visible(plain));
    }
  });

  test("and what claims to be a prefetch, or to be done already, is judged like any request", async () => {
    const { send, browser, sessions } = await attack(start);
    await sessions.revokeSubject("ada");
    for (const header of ["Sec-Purpose: prefetch", "Next-Router-Prefetch: 1", "X-Middleware-Rewrite: /", "RSC: 1"]) {
      const { json, setCookies } = await send([browser.header], "/", [header]);
      expect([json["subject"], json["rejection"], setCookies]).toEqual([null, "revoked", []]);
    }
  });
});

describe("Next.js' proxy", () => {
  const event = {} as NextFetchEvent;

  async function twoUsers() {
    const manager = testManager();
    const [ada, bob] = [new Browser(), new Browser()];
    await play(manager.sessions, ada, (session) => session.login("ada"));
    await play(manager.sessions, bob, (session) => session.login("bob"));
    const token = bob.cookies.get(manager.sessions.cookieNames.user) ?? "";
    const headers = new Headers({ cookie: ada.header });
    for (const line of forgedHeaders(manager.sessions.cookieNames.user, token)) {
      const [name = "", value = ""] = line.split(": ");
      if (name !== "Cookie2" && name !== "Set-Cookie") headers.set(name, value);
    }
    return { ...manager, ada, request: () => new NextRequest("http://localhost/", { headers }) };
  }

  test("opens the request's own session, and hands on that one", async () => {
    const { sessions, clock, request } = await twoUsers();
    // A renewal is due, so the proxy forwards the cookies anew.
    clock.advance(20 * 60_000);
    const subjects: (string | undefined)[] = [];
    const { sessionProxy } = createNextSessions(sessions);
    const response = await sessionProxy((_request, session) => void subjects.push(session.subject))(request(), event);
    const forwarded = response.headers.get("x-middleware-request-cookie") ?? "";
    subjects.push((await visit(sessions, forwarded)).session.subject);
    expect(subjects).toEqual(["ada", "ada"]);
  });

  test("what it lets through is no proof: the page behind it refuses what was revoked since", async () => {
    const { sessions, ada, request } = await twoUsers();
    const { sessionProxy } = createNextSessions(sessions);
    const gate = sessionProxy((_request, { subject }) =>
      subject === undefined ? NextResponse.redirect("http://localhost/sign-in") : undefined,
    );
    expect((await gate(request(), event)).status).toBe(200);
    await sessions.revokeSubject("ada");
    expect((await visit(sessions, ada.header)).session.subject).toBeUndefined();
    expect((await gate(request(), event)).status).toBe(307);
  });
});
