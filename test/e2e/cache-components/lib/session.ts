import { createNextSessions } from "sealed-session/next";

export const { getSession, withSession, sessionProxy } = createNextSessions({
  name: "fixture",
  keyring: () => process.env.SESSION_KEYRING,
  idleTimeout: "30m",
  cookie: { secure: false },
});
