import type { NextRequest } from "next/server.js";
import { mergeSessionHeaders } from "../../cookies/response-headers.js";
import type { Session } from "../../session/session.js";
import { untilAnswered } from "./app-jar.js";
import { thrownResponse } from "./thrown-response.js";

/** A route handler that is given the session. `context` is Next.js' own: `{ params }`. */
export type SessionRouteHandler<Data extends object, Context> = (
  request: NextRequest,
  session: Session<Data>,
  context: Context,
) => Response | Promise<Response>;

/** Turns a handler that is given the session into what a `route.ts` exports. */
export type RouteHandler<Data extends object> = <Context>(
  handler: SessionRouteHandler<Data, Context>,
) => (request: NextRequest, context: Context) => Promise<Response>;

export function createWithSession<Data extends object>(getSession: () => Promise<Session<Data>>): RouteHandler<Data> {
  return (handler) => (request, context) =>
    untilAnswered(async () => {
      const session = await getSession();
      const response = await respond(() => handler(request, session, context));
      await session.save();
      // Next.js puts the cookies themselves on the response.
      return mergeSessionHeaders(response, []);
    });
}

/** @throws what the handler throws, unless it stands for a response */
async function respond(handler: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await handler();
  } catch (error) {
    const response = thrownResponse(error);
    if (!response) throw error;
    return response;
  }
}
