import { parseCookieDate } from "./cookie-date.js";

export type SameSite = "strict" | "lax" | "none";

/** What a `Set-Cookie` line says. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** In lower case and without the dot that may stand before it; empty where there is none. */
  readonly domain: string;
  /** Nothing where the request's own path is to be taken. */
  readonly path: string | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** Nothing where it is not said: browsers then hold it to `lax`. */
  readonly sameSite: SameSite | undefined;
  readonly partitioned: boolean;
  /** Seconds; zero and less remove the cookie. */
  readonly maxAge: number | undefined;
  /** ms since the Unix epoch. Counts where `maxAge` is missing. */
  readonly expires: number | undefined;
}

const MAX_PAIR_BYTES = 4_096;
const MAX_ATTRIBUTE_BYTES = 1_024;

/**
 * Parses a `Set-Cookie` line (RFC 6265bis, section 5.6).
 *
 * @returns the cookie, or why browsers ignore the line
 */
export function parseSetCookie(line: string): SetCookie | { readonly name: string; readonly ignored: string } {
  const [pair = "", ...rest] = line.split(";");
  const equals = pair.indexOf("=");
  const name = trim(pair.slice(0, Math.max(equals, 0)));
  const value = trim(pair.slice(equals + 1));
  if (hasControl(line)) return { name, ignored: "it has a control character in it" };
  if (name === "" && value === "") return { name, ignored: "it has neither a name nor a value" };
  const bytes = byteLength(name) + byteLength(value);
  if (bytes > MAX_PAIR_BYTES) {
    return { name, ignored: `its name and value take ${bytes} bytes, at most ${MAX_PAIR_BYTES} are kept` };
  }
  const attributes = readAttributes(rest);
  const has = (attribute: string): boolean => attributes.some(([key]) => key === attribute);
  const last = (attribute: string): string | undefined => valuesOf(attributes, attribute).at(-1);
  const path = last("path");
  const sameSite = last("samesite")?.toLowerCase();
  const maxAge = valuesOf(attributes, "max-age")
    .filter((text) => /^-?\d+$/.test(text))
    .at(-1);
  return {
    name,
    value,
    domain: (last("domain") ?? "").replace(/^\./, "").toLowerCase(),
    path: path?.startsWith("/") ? path : undefined,
    secure: has("secure"),
    httpOnly: has("httponly"),
    sameSite: sameSite === "strict" || sameSite === "lax" || sameSite === "none" ? sameSite : undefined,
    partitioned: has("partitioned"),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    expires: valuesOf(attributes, "expires")
      .flatMap((text) => parseCookieDate(text) ?? [])
      .at(-1),
  };
}

type Attribute = readonly [name: string, value: string];

function readAttributes(texts: readonly string[]): Attribute[] {
  return texts
    .map((text): Attribute => {
      const equals = text.indexOf("=");
      const name = equals === -1 ? text : text.slice(0, equals);
      return [trim(name).toLowerCase(), equals === -1 ? "" : trim(text.slice(equals + 1))];
    })
    .filter(([, value]) => byteLength(value) <= MAX_ATTRIBUTE_BYTES);
}

function valuesOf(attributes: readonly Attribute[], wanted: string): string[] {
  return attributes.flatMap(([name, value]) => (name === wanted ? value : []));
}

/** Spaces and tabs alone: what else looks like a space belongs to the cookie. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

function hasControl(text: string): boolean {
  return Array.from(text).some((character) => (character < " " && character !== "\t") || character === "\x7f");
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
