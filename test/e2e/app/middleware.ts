import { type NextRequest, NextResponse } from "next/server";
import { webJar } from "sealed-session/web";
import { sessions } from "./lib/session";

/** The older form of a proxy: unlike that one it runs on the edge runtime. */
export async function middleware(request: NextRequest): Promise<Response> {
  const session = await sessions.open(webJar(request, new Headers()));
  const { cipher } = session.info();
  return NextResponse.next({ headers: { "x-middleware": JSON.stringify({ cipher, notes: session.data.notes }) } });
}

export const config = { matcher: "/api/edge" };
