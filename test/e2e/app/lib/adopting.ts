import { createNextSessions } from "sealed-session/next";

/** Takes over the sessions of another library, whose cookie `old` names the user. */
export const { getSession, withSession } = createNextSessions({
  name: "adopting",
  keyring: () => process.env["SESSION_KEYRING"],
  cookie: { secure: false },
  adopt(jar) {
    const token = /(?:^|; )old=([^;]+)/.exec(jar.read())?.[1];
    if (!token) return undefined;
    const clear = (): void =>
      jar.write("old", "", { path: "/", secure: false, httpOnly: true, sameSite: "lax", maxAge: 0 });
    return { token, subject: token, data: {}, issuedAt: Date.now(), expiresAt: Date.now() + 3_600_000, clear };
  },
});
