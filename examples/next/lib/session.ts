import { createNextSessions } from "sealed-session/next";
import { z } from "zod";

const plainHttp = process.env.DEMO_HTTP === "1";

export const { sessions, getSession, withSession, sessionProxy } = createNextSessions({
  name: "demo",
  keyring: () => process.env.SESSION_KEYRING,
  schema: z.object({ cart: z.array(z.string()).default([]) }),
  idleTimeout: "30m",
  absoluteTimeout: "12h",
  ...(plainHttp && { cookie: { secure: false } }),
});
