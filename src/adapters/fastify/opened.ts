import type { FastifyReply, FastifyRequest } from "fastify";
import type { CookieJar } from "../../cookies/jar.js";
import { mergeSessionHeaders } from "../../cookies/response-headers.js";
import { RevocationUnavailableError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";
import { fastifyJar, headersGone, keepPrivate } from "./jar.js";

/** One request's session, from the onRequest hook to the onSend hook. */
export interface Opened {
  /** For `request.session`. @throws RevocationUnavailableError when the revocation list did not answer */
  use(): Session<object>;
  /** Saves before the headers go out. @returns the payload to send */
  finish(reply: FastifyReply, payload: unknown): Promise<unknown>;
}

/**
 * Opens a request's session. That the revocation list does not answer is told to who uses the session, so that a route
 * that does not (a sign-out, a health check) still answers.
 */
export async function openRequest(
  sessions: SessionManager<object>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Opened> {
  /** Whether what the reply says may depend on the session. */
  let shows = false;
  let finished = false;
  let failed = false;
  const plain = fastifyJar(request, reply);
  const assertWritable = (): void => {
    // A stream's headers were handed over, and go out with its first bytes: a cookie set now would be lost silently.
    if (finished) throw headersGone();
    plain.assertWritable?.();
  };
  const jar: CookieJar = {
    ...plain,
    // Not for every request that is opened: see `shows`.
    header: () => undefined,
    assertWritable,
    write(name, value, attributes) {
      assertWritable();
      shows = true;
      plain.write(name, value, attributes);
    },
  };
  const session = await openOrOutage(sessions, jar);
  return {
    use() {
      shows = true;
      if (session instanceof RevocationUnavailableError) throw session;
      return session;
    },
    async finish(sent, payload) {
      finished = false;
      const response = isWebResponse(payload) ? payload : undefined;
      const status = response?.status ?? sent.statusCode;
      try {
        // What the error handler answers to a save that failed comes here again: it would fail again.
        if (!(session instanceof Error) && status < 500 && !failed) await session.save();
        finished = true;
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        if (shows) keepPrivate(sent);
      }
      // Fastify puts a Response's own headers over those of the reply.
      return shows && response ? mergeSessionHeaders(response, []) : payload;
    },
  };
}

async function openOrOutage(
  sessions: SessionManager<object>,
  jar: CookieJar,
): Promise<Session<object> | RevocationUnavailableError> {
  try {
    return await sessions.open(jar);
  } catch (error) {
    if (error instanceof RevocationUnavailableError) return error;
    throw error;
  }
}

function isWebResponse(payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === "[object Response]";
}
