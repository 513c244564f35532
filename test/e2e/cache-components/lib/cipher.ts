import type { Session } from "sealed-session";

/** Who is signed in, and which cipher opened that: without a session to open, none would have run. */
export const cipherOf = (session: Pick<Session, "subject" | "info">): string =>
  `${session.subject ?? "nobody"} by ${session.info().cipher}`;
