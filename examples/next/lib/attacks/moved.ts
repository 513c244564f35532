import { shopAsGuest } from "../own-request";
import { type Cookie, COOKIE, parseCookies } from "../visitor-cookies";
import { type Exchange, send } from "./exchange";

/** A guest's session, which anybody can have, in the place of a user's; and the other way round. */
export async function swapPlaces(cookies: readonly Cookie[]): Promise<Exchange[]> {
  const guest = (await shopAsGuest()).flatMap(parseCookies).filter(({ name }) => name === `${COOKIE}.guest`);
  const moved = (from: readonly Cookie[], name: string): Cookie[] =>
    from.map((cookie) => ({ name: cookie.name.replace(/^.*?((?:\.[0-3])?)$/, `${name}$1`), value: cookie.value }));
  return [
    await send("A guest’s cookie, as the shop gave it", guest),
    await send("The same, under the name of a user’s", moved(guest, COOKIE), { attack: true, change: "name" }),
    await send("Your cookie, under the name of a guest’s", moved(cookies, `${COOKIE}.guest`), {
      attack: true,
      change: "name",
    }),
  ];
}
