import { getIronSession } from "iron-session";
import { cookies } from "next/headers";
import { HOUR, SECRET } from "../../http/session-data.mjs";

export async function getSession() {
  return getIronSession(await cookies(), { cookieName: "app", password: SECRET, ttl: HOUR });
}
