import type { SessionOptions } from "sealed-session/iron-session";

export interface Visits {
  /** Who counted a visit, in turn. */
  by?: string[];
}

export function ironOptions(): SessionOptions {
  const password = process.env.SESSION_KEYRING ?? "";
  return { cookieName: "visits", password, cookieOptions: { secure: false } };
}
