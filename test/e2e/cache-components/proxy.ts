import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server";
import { getIronSession, nextProxyCookies } from "sealed-session/iron-session";
import { cipherOf } from "./lib/cipher";
import { ironOptions, type Visits } from "./lib/iron";
import { sessionProxy } from "./lib/session";

const gate = sessionProxy((request, session) => {
  if (request.nextUrl.pathname === "/cipher") return NextResponse.next({ headers: { "x-cipher": cipherOf(session) } });
  if (!request.nextUrl.pathname.startsWith("/members") || session.subject !== undefined) return undefined;
  const signIn = new URL("/sign-in", request.url);
  signIn.searchParams.set("from", request.nextUrl.pathname);
  return NextResponse.redirect(signIn);
});

async function countVisit(request: NextRequest): Promise<Response> {
  const response = NextResponse.next();
  const session = await getIronSession<Visits>(nextProxyCookies(request, response), ironOptions());
  session.by = [...(session.by ?? []), "proxy"];
  await session.save();
  return response;
}

export async function proxy(request: NextRequest, event: NextFetchEvent): Promise<Response> {
  const response = await (request.nextUrl.searchParams.has("count") ? countVisit(request) : gate(request, event));
  response.headers.set("x-proxy", "asked");
  return response;
}

export const config = {
  matcher: [{ source: "/((?!_next/|favicon.ico).*)", missing: [{ type: "header", key: "next-router-prefetch" }] }],
};
