import type { IncomingMessage, ServerResponse } from "node:http";
import type { cookies } from "next/headers.js";
import type { NextRequest, NextResponse } from "next/server.js";
import { expectTypeOf, test } from "vitest";
import { getIronSession, type IronSession, nextProxyCookies, type SessionOptions } from "sealed-session/iron-session";

interface Data {
  user: { id: number };
}

const options = { cookieName: "s", password: "x".repeat(32) } satisfies SessionOptions;

type Store = Awaited<ReturnType<typeof cookies>>;

/** Compiled, never run: the stores of Next.js, Node and the web are taken as they are, under exactOptionalPropertyTypes. */
export function accepted(
  store: Store,
  req: IncomingMessage,
  res: ServerResponse,
  request: Request,
  response: Response,
  nextRequest: NextRequest,
  nextResponse: NextResponse,
): Promise<IronSession<Data>>[] {
  return [
    getIronSession<Data>(store, options),
    getIronSession<Data>(req, res, options),
    getIronSession<Data>(request, response, options),
    getIronSession<Data>(nextProxyCookies(nextRequest, nextResponse), options),
    getIronSession<Data>(
      { read: () => undefined, write: () => undefined },
      { ...options, cookieOptions: { maxAge: undefined } },
    ),
  ];
}

test("what a session holds is optional, its methods are there and cannot be assigned", () => {
  expectTypeOf<IronSession<Data>["user"]>().toEqualTypeOf<Data["user"] | undefined>();
  expectTypeOf<IronSession<Data>["save"]>().toEqualTypeOf<() => Promise<void>>();
  // @ts-expect-error there is no such field
  expectTypeOf<IronSession<Data>["usr"]>();
});
