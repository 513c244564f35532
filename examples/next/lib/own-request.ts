import type { Sighting } from "./sighting";

/** What the shop answered to a request of its own. */
export interface Answer {
  readonly status: number;
  readonly seen: Sighting;
}

/**
 * This server and nobody else: never what a `Host` header names, which a visitor writes. Next.js sets the port when it
 * starts to listen.
 */
export const OWN_ORIGIN = `http://localhost:${process.env.PORT ?? 3000}`;

/** Asks who a cookie is, by a real request over the network: one page of this shop, and no other address. */
export async function whoIs(cookie: string): Promise<Answer> {
  const response = await fetch(`${OWN_ORIGIN}/api/session`, { headers: { cookie }, cache: "no-store" });
  return { status: response.status, seen: (await response.json()) as Sighting };
}

/** Fills a cart as a new visitor. @returns the cookies that the shop set */
export async function shopAsGuest(): Promise<string[]> {
  const response = await fetch(`${OWN_ORIGIN}/api/cart`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ item: "tea" }),
    cache: "no-store",
  });
  return response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
}
