import { NextResponse } from "next/server";
import { sessionProxy } from "./lib/session";
import { sightingOf, toHeader } from "./lib/sighting";

/**
 * `sessionProxy()` alone renews sessions, which a component cannot do. The handler is the shop's own proxy: it may
 * answer by itself (a redirect), change the response, or return nothing.
 */
export const proxy = sessionProxy((request, session) => {
  const response = isPageForGuests(request.nextUrl.pathname, request.method, session.subject)
    ? NextResponse.redirect(new URL("/", request.url))
    : NextResponse.next();
  // The home page explains a rejection itself.
  if (response.status !== 200 && !session.rejection) session.flash("notice", "Sign in to see your session.");
  response.headers.set("x-demo-proxy", toHeader(sightingOf(session)));
  return response;
});

/** A convenience only: the page and its actions look for themselves, since a matcher is easily wrong. */
function isPageForGuests(pathname: string, method: string, subject: string | undefined): boolean {
  return pathname === "/account" && method === "GET" && subject === undefined;
}

export const config = {
  matcher: [
    {
      // The admin page asks for api/status every second: a page that polls through here would keep the session of
      // somebody who left it open alive.
      source: "/((?!_next/static|_next/image|favicon.ico|icon.svg|api/status).*)",
      // A prefetched page may never be looked at: it must neither renew a session nor use up a message. Next.js hides
      // this header from the proxy itself, so only the matcher can tell.
      missing: [{ type: "header", key: "next-router-prefetch" }],
    },
  ],
};
