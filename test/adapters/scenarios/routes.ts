import type { Session, SessionManager } from "sealed-session";

/** What the routes do with a session, whatever an adapter's users call it. */
export interface Handle {
  readonly subject: string | undefined;
  readonly isNew: boolean;
  readonly rejection: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  set(key: string, value: unknown): void;
  login(subject: string): Promise<void>;
  regenerate(): Promise<void>;
  destroy(): Promise<void>;
}

/** What a route answers; the adapter's server turns it into a response in its own way. */
export type Reply =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "stream"; readonly parts: readonly string[] };

type Route = (session: Handle, query: URLSearchParams, sessions: SessionManager) => Promise<Reply> | Reply;

const done: Reply = { kind: "json", body: { done: true } };

/** One small application, served by every adapter. */
const ROUTES: Readonly<Record<string, Route>> = {
  "/": ({ subject = null, isNew, rejection = null, data }) => ({
    kind: "json",
    body: { subject, isNew, rejection, data },
  }),
  "/store": (session, query) => {
    for (const [key, value] of query) session.set(key, value);
    return done;
  },
  "/large": (session, query) => {
    session.set("large", "x".repeat(Number(query.get("size"))));
    return done;
  },
  "/login": async (session, query) => {
    await session.login(query.get("subject") ?? "");
    return done;
  },
  "/regenerate": async (session) => {
    await session.regenerate();
    return done;
  },
  "/logout": async (session) => {
    await session.destroy();
    return done;
  },
  "/everywhere": async ({ subject = "" }, _query, sessions) => {
    await sessions.revokeSubject(subject);
    return done;
  },
  "/redirect": (session) => {
    session.set("redirected", "yes");
    return { kind: "redirect", to: "/" };
  },
  "/stream": (session) => {
    session.set("streamed", "yes");
    return { kind: "stream", parts: ["one ", "two ", "three"] };
  },
  "/fail": (session) => {
    session.set("failed", "yes");
    throw new Error("the route failed");
  },
};

export const PATHS = Object.keys(ROUTES);

/** Runs the route of a URL. @param url path and query */
export async function route(url: string, session: Handle, sessions: SessionManager): Promise<Reply> {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const found = ROUTES[pathname];
  if (!found) throw new Error(`there is no route ${pathname}`);
  return found(session, searchParams, sessions);
}

type Verbs = "subject" | "isNew" | "rejection" | "data" | "set" | "login" | "regenerate" | "destroy";

/** For adapters that hand out the session itself, or something with its verbs. */
export function handleOf(session: Pick<Session, Verbs>): Handle {
  return {
    get subject() {
      return session.subject;
    },
    isNew: session.isNew,
    rejection: session.rejection,
    get data() {
      return session.data;
    },
    set: (key, value) => session.set(key, value),
    login: (subject) => session.login(subject),
    regenerate: () => session.regenerate(),
    destroy: () => session.destroy(),
  };
}
