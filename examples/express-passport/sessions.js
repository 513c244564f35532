import { createSessionManager } from "sealed-session";
import { sqliteStore } from "sealed-session/revocation/sqlite";

export const sessions = createSessionManager({
  name: "app",
  keyring: process.env.SESSION_KEYRING,
  idleTimeout: "30m",
  absoluteTimeout: "12h",
  // What was signed out, for all processes of this machine; a restart forgets nothing.
  revocation: sqliteStore("sessions.db"),
});
