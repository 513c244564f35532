import { cookies as cookieStore } from "next/headers";
import { webJar } from "sealed-session/web";
import { OWN_ORIGIN } from "../own-request";
import { sessions, type ShopSession } from "../session";
import { type Cookie, COOKIE, cookiesOf, parseCookies } from "../visitor-cookies";
import { type Exchange, send } from "./exchange";

/** Keeps a copy of the visitor's cookie, signs out, and puts the copy back. */
export async function replayAfterSignOut(copy: readonly Cookie[], session: ShopSession): Promise<Exchange[]> {
  const before = await send("A copy of your cookie, while you are signed in", copy);
  await session.destroy();
  return [before, await send("You signed out. The same copy again", copy, { attack: true })];
}

/** Signs the same user in a second time, as another browser would, and ends that session from this one. */
export async function signOutOtherWindow(own: readonly Cookie[], session: ShopSession): Promise<Exchange[]> {
  const second = await openSecondWindow(session.subject ?? "");
  const before = await send("The second window, signed in as you", second);
  await session.revokeOthers();
  const renewed = cookiesOf((await cookieStore()).getAll(), COOKIE);
  return [
    before,
    await send("“Sign out everywhere else”, from this window. Now the second one again", second, { attack: true }),
    await send("This window’s cookie of before, which a thief may have", own, { attack: true }),
    await send("This window, under its new id", renewed),
  ];
}

/** A session of its own in a jar of its own, which no browser has. */
async function openSecondWindow(subject: string): Promise<Cookie[]> {
  const set = new Headers();
  const window = await sessions.open(webJar(new Request(OWN_ORIGIN), set));
  await window.login(subject, { label: "The second window of an attack", idleTimeout: "1m" });
  return cookiesOf(
    set.getSetCookie().flatMap((line) => parseCookies(line).slice(0, 1)),
    COOKIE,
  );
}
