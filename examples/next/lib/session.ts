import type { Session } from "sealed-session";
import { createNextSessions } from "sealed-session/next";
import { replicated } from "sealed-session/revocation/replicated";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { z } from "zod";
import { describeBrowser } from "./device";
import { keyring } from "./keyring";

/** What the shop keeps in a session. Every field has a default: `{}` is what a new visitor starts with. */
const schema = z.object({
  cart: z.array(z.string()).default([]),
  /** Nothing but weight: the session page puts 9 KB here to show how a large session is split over several cookies. */
  ballast: z.string().default(""),
});

/** How long, in ms, the copy of the revocation list may be behind. What this server revokes, it refuses at once. */
export const MAX_STALENESS = 2_000;

export type ShopSession = Session<z.infer<typeof schema>>;

export const { sessions, getSession, withSession, sessionProxy } = createNextSessions({
  name: "demo",
  // Read at the first request: `next build` needs no keys.
  keyring,
  schema,
  // Opened at the first use; nothing is made while the application is built. One machine with SQLite needs no copy of
  // the list: this one has it to show how fresh a copy is, which several machines would have of Redis or PostgreSQL.
  revocation: replicated(sqliteStore(process.env.SESSION_DB ?? "sessions.db"), { maxStaleness: MAX_STALENESS }),
  directory: { label: ({ header }) => describeBrowser(header("user-agent")) },
  idleTimeout: "30m",
  absoluteTimeout: "12h",
  // What login(name, { remember: true }) gets, and the most that a login may ask for.
  remember: { idleTimeout: "14d", absoluteTimeout: "30d" },
  // Leave this line out of your application. Over https the cookie is `__Host-demo` with `Secure`; `npm run demo` serves
  // plain http, where Safari would keep no such cookie, not even for localhost.
  ...(process.env.DEMO_HTTP === "1" && { cookie: { secure: false } }),
});
