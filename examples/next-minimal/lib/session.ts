import { createNextSessions } from "sealed-session/next";
import { sqliteStore } from "sealed-session/revocation/sqlite";

export const { sessions, getSession, destroySession, sessionProxy } = createNextSessions({
  name: "app",
  // A function, read at the first request: `next build` needs no secret then.
  keyring: () => process.env.SESSION_KEYRING,
  idleTimeout: "30m",
  absoluteTimeout: "12h",
  // What was signed out, for all processes of this machine; a restart forgets nothing.
  revocation: sqliteStore("sessions.db"),
});
