import { nodeJar, type NodeRequest, type NodeResponse } from "../../cookies/node-jar.js";
import { ConfigurationError, RevocationUnavailableError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import type { SessionManager } from "../../session/manager.js";
import type { SendingResponse } from "./response-head.js";
import { responseGate } from "./response-gate.js";
import type { SessionData } from "./session-data.js";
import { keepCookies } from "./session-headers.js";
import { finish, startVisit } from "./visit.js";
import { drop, hasUnsavedData, isPending, type SubjectOf, type Visit } from "./visit-state.js";

/** What `sessionMiddleware` takes besides the manager. */
export interface SessionMiddlewareOptions {
  /**
   * Whose session it is, read from its data: asked at every save. Another user than before is signed in, under a new
   * id; `undefined` after a user signs out.
   * @default what Passport keeps: `passport.user`, or its `id`, where that is text or a number
   */
  readonly subject?: (data: Partial<SessionData> & object) => string | undefined;
}

/** A middleware of Express, Connect and the like. */
export type SessionMiddleware = (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void;

/**
 * Gives every request a session as `req.session`, with the shape that express-session's and Passport's users know,
 * and saves it just before the response's headers go out. The data are `req.session`'s own properties.
 *
 * `next(error)` is called when the session cannot be opened, and a second time when it could not be saved: nothing of
 * the response has then been sent. A RevocationUnavailableError has the `status` 503.
 *
 * `req.session = null` and `delete req.session` end the session with the response; other objects are refused.
 *
 * @throws ConfigurationError when the arguments are not a manager and known options
 * @example
 * app.use(sessionMiddleware(sessions));
 * app.get("/", (req, res) => res.send(`Visit ${(req.session.views = (req.session.views ?? 0) + 1)}`));
 */
export function sessionMiddleware<Data extends object>(
  sessions: SessionManager<Data>,
  options: SessionMiddlewareOptions = {},
): SessionMiddleware {
  if (typeof sessions?.open !== "function") {
    throw new ConfigurationError(
      "sessionMiddleware takes the session manager: sessionMiddleware(createSessionManager({ … }))",
    );
  }
  assertKnown("sessionMiddleware", options, ["subject"]);
  const subjectOf: SubjectOf = options.subject ?? passportUser;
  if (typeof subjectOf !== "function") {
    throw new ConfigurationError("subject: a function of the session's data, for example (data) => data.userId");
  }
  const manager = sessions as unknown as SessionManager<object>;
  const mounted = new WeakSet<object>();
  const warn = warner();
  return (request, response, next) => {
    // Mounted twice: the request has its session.
    if (mounted.has(request)) return next();
    const fail = (error: unknown): void => process.nextTick(next, withStatus(error));
    mounted.add(request);
    start(manager, subjectOf, request, response, { fail, warn }).then(() => process.nextTick(next), fail);
  };
}

interface Outlet {
  readonly fail: (error: unknown) => void;
  readonly warn: Warn;
}

async function start(
  sessions: SessionManager<object>,
  subjectOf: SubjectOf,
  request: NodeRequest,
  response: NodeResponse | undefined,
  outlet: Outlet,
): Promise<void> {
  if ((request as { session?: unknown }).session !== undefined) {
    throw new ConfigurationError("req.session is there already: remove the other session middleware from this route");
  }
  // For a WebSocket's upgrade some hand in an empty object.
  const gate = typeof response?.setHeader === "function" ? responseGate(response as SendingResponse) : undefined;
  const kept = keepCookies(nodeJar(request, gate?.response));
  const session = await sessions.open(kept.jar);
  // A renewal that is due: now, so that a response without changes need not be held.
  if (gate && !session.isNew) await session.save();
  const visit = startVisit(sessions, kept.jar, subjectOf, session);
  attach(request, visit);
  gate?.install({
    save() {
      if (!Object.hasOwn(request, "session")) drop(visit);
      if (visit.choice && !visit.signedIn && session.subject !== undefined) outlet.warn("choice");
      return isPending(visit) ? finish(visit) : undefined;
    },
    beforeHeaders: (view) => kept.restore(view),
    endsLater() {
      if (hasUnsavedData(visit)) outlet.warn("late");
    },
    failed: outlet.fail,
  });
}

const VISIT = Symbol("sealed-session");

/** What inherits from a request has its session. */
interface Visited {
  readonly [VISIT]: Visit;
}

/** The same for every request: of accessors of its own each would get a hidden class of its own. */
const ACCESSORS = {
  session: {
    configurable: true,
    enumerable: true,
    get(this: Visited): object | undefined {
      return this[VISIT].current?.flat;
    },
    set(this: Visited, value: unknown) {
      const visit = this[VISIT];
      if (value === null || value === undefined) drop(visit);
      else if (value !== visit.current?.flat) {
        throw new ConfigurationError(
          "req.session: only null can be put in its place, which ends it; set its keys one by one, after regenerate() for an empty one",
        );
      }
    },
  },
  // Not enumerable: requests are logged.
  sessionID: {
    configurable: true,
    enumerable: false,
    get(this: Visited): string | undefined {
      return this[VISIT].current?.session.id;
    },
  },
};

function attach(request: NodeRequest, visit: Visit): void {
  Object.defineProperty(request, VISIT, { value: visit, configurable: true });
  Object.defineProperty(request, "session", ACCESSORS.session);
  Object.defineProperty(request, "sessionID", ACCESSORS.sessionID);
}

/** Where Passport keeps what `serializeUser` gave it. */
function passportUser(data: object): string | undefined {
  const { passport } = data as { passport?: { user?: unknown } | null };
  const user = passport?.user;
  const id = typeof user === "object" && user !== null ? (user as { id?: unknown }).id : user;
  if (typeof id === "number" && Number.isFinite(id)) return String(id);
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** What Express answers an error with. */
function withStatus(error: unknown): unknown {
  return error instanceof RevocationUnavailableError ? Object.assign(error, { status: 503 }) : error;
}

const WARNINGS = {
  choice:
    "req.session.cookie.maxAge or expires was set in a request that signs nobody in, and has no effect: set it where the user signs in",
  late: "req.session was changed after the response had begun, and the change is lost: change it before res.write(), writeHead() or flushHeaders()",
};

type Warn = (what: keyof typeof WARNINGS) => void;

/** Each warning once for a middleware: a mistake in the code is there in every request. */
function warner(): Warn {
  const told = new Set<string>();
  return (what) => {
    if (told.has(what)) return;
    told.add(what);
    process.emitWarning(WARNINGS[what], { type: "SessionWarning", code: `SEALED_SESSION_${what.toUpperCase()}` });
  };
}
