import type { NodeRequest, NodeResponse } from "../cookies/node-jar.js";
import { ConfigurationError } from "../errors.js";
import { type CookieJar, type CookieStore, nodeCookies, storeCookies, webCookies } from "./jars.js";
import { isManaged, type SessionOptions } from "./options.js";
import { type IronSession, openIronSession } from "./session.js";

/**
 * The session of a request, in iron-session's format and by its API.
 *
 * @param cookies `await cookies()` of Next.js, or a jar: `nodeCookies`, `webCookies`, `nextProxyCookies`, or your own
 * @returns the data that the cookie holds, with `save`, `destroy`, `updateConfig`. Never rejects for what a cookie says
 * @throws ConfigurationError for options that can never work
 * @throws RevocationUnavailableError with `revocation`, when the list does not answer
 * @example
 * const session = await getIronSession<{ user?: { id: number } }>(await cookies(), { cookieName, password });
 */
export function getIronSession<T extends object>(
  cookies: CookieStore | CookieJar,
  options: SessionOptions,
): Promise<IronSession<T>>;
/** @param req a Node request with its response, or a web Request with its Response */
export function getIronSession<T extends object>(
  req: NodeRequest | Request,
  res: NodeResponse | Response | Headers,
  options: SessionOptions,
): Promise<IronSession<T>>;
export async function getIronSession<T extends object>(
  first: CookieStore | CookieJar | NodeRequest | Request,
  second: NodeResponse | Response | Headers | SessionOptions,
  third?: SessionOptions,
): Promise<IronSession<T>> {
  const jar = first && second ? jarOf(first, second, third) : undefined;
  if (!jar) {
    throw new ConfigurationError(
      "iron-session: Bad usage: use getIronSession(req, res, options) or getIronSession(cookieStore, options).",
    );
  }
  const options = third ?? (second as SessionOptions);
  if (!isManaged(options)) return openIronSession<T>(jar, options);
  // Bundles of applications that have no use for it stay small.
  const { openManagedSession } = await import("./managed-session.js");
  return openManagedSession<T>(jar, options);
}

function jarOf(first: object, second: object, third: SessionOptions | undefined): CookieJar | undefined {
  if (third) {
    return isWebRequest(first)
      ? webCookies(first, second as Response | Headers)
      : nodeCookies(first as NodeRequest, second as NodeResponse);
  }
  if (hasMethods(first, "read", "write")) return first as CookieJar;
  return hasMethods(first, "get", "set") ? storeCookies(first as CookieStore) : undefined;
}

function isWebRequest(request: object): request is Request {
  return typeof (request as Partial<Request>).headers?.get === "function";
}

function hasMethods(value: object, ...names: string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
