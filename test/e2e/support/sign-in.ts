import { cookiesOf, rawRequest } from "./raw-http.js";

/** Signs a user in to the fixture application. @returns the `Cookie` header */
export async function signInTo(url: string, user: string): Promise<string> {
  return cookiesOf(await rawRequest(url, { method: "POST", path: `/api/sign-in?user=${user}` }));
}

/** The text of the element with an id; the last one, which is what a stream ends with. */
export function textOf(html: string, id: string): string | undefined {
  return [...html.matchAll(new RegExp(`<p id="${id}">(.*?)</p>`, "gs"))].at(-1)?.[1]?.replaceAll("<!-- -->", "");
}
