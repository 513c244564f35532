import { getIronSession, type IronSession, type SessionOptions } from "sealed-session/iron-session";

type Data = Record<string, unknown>;

/** Opens the session of a web request with this `Cookie` header. */
export function iron(options: SessionOptions) {
  return async (cookie: string): Promise<{ session: IronSession<Data>; setCookies: () => string[] }> => {
    const headers = new Headers();
    const request = { headers: { get: () => cookie } } as unknown as Request;
    const session = await getIronSession<Data>(request, headers, options);
    return { session, setCookies: () => headers.getSetCookie() };
  };
}
