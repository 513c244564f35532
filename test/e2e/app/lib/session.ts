import { createNextSessions } from "sealed-session/next";
import { z } from "zod";
import { tally } from "./tally";

export const { sessions, getSession, withSession } = createNextSessions({
  name: "fixture",
  keyring: () => process.env.SESSION_KEYRING,
  schema: z.object({ notes: z.array(z.string()).default([]) }),
  cookie: { secure: false },
  // Data is parsed once each time a session is opened: the one thing that tells from outside how often that was.
  codec: {
    stringify: (value) => JSON.stringify(value),
    parse(text) {
      tally().parsed++;
      return JSON.parse(text) as unknown;
    },
  },
});
