import { headers } from "next/headers";

export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/** What the manager calls its cookie: without the prefix where it is served over plain http. */
export const COOKIE = process.env.DEMO_HTTP === "1" ? "demo" : "__Host-demo";

/** Each chunk begins with the count and four characters of the MAC. */
const LABEL = 5;
const NAMES = new RegExp(`^${COOKIE}(?:\\.guest)?(?:\\.[0-3])?$|^${COOKIE}\\.(?:seen|flash)$`);

/** The shop's cookies in the request that is answered, as they came: scripts in the page cannot read them. */
export async function visitorCookies(): Promise<Cookie[]> {
  const header = (await headers()).get("cookie") ?? "";
  return parseCookies(header).filter(({ name }) => NAMES.test(name));
}

export function parseCookies(header: string): Cookie[] {
  return header.split(";").map((pair) => {
    const [name = "", ...value] = pair.trim().split("=");
    return { name, value: value.join("=") };
  });
}

export function cookieLine(cookies: readonly Cookie[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** Those that carry the token of `name`: one, or its chunks in their order. */
export function cookiesOf(cookies: readonly Cookie[], name: string): Cookie[] {
  const whole = cookies.filter((cookie) => cookie.name === name);
  const chunks = cookies.filter((cookie) => cookie.name.startsWith(`${name}.`) && /\.[0-3]$/.test(cookie.name));
  return whole.length > 0 ? whole : chunks.sort((a, b) => a.name.localeCompare(b.name));
}

export function tokenIn(cookies: readonly Cookie[]): string {
  const [first] = cookies;
  return cookies.length === 1 ? (first?.value ?? "") : cookies.map(({ value }) => value.slice(LABEL)).join("");
}

/** The same cookies with another token in them: where there are chunks, cut at the same places. */
export function withToken(cookies: readonly Cookie[], token: string): Cookie[] {
  if (cookies.length === 1) return cookies.map(({ name }) => ({ name, value: token }));
  let at = 0;
  return cookies.map(({ name, value }, index) => {
    const end = index === cookies.length - 1 ? token.length : at + value.length - LABEL;
    const part = token.slice(at, end);
    at = end;
    return { name, value: value.slice(0, LABEL) + part };
  });
}
