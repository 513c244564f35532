import { newResponse } from "./response.mjs";

/** cookie-session on its own: HMAC-SHA-1, no encryption. A token is the whole `Cookie` header. */
export function signedCookie(cookieSession, secret) {
  const middleware = cookieSession({ keys: [secret] });
  const handle = (request, response) => {
    middleware(request, response, () => undefined);
    return request.session;
  };
  const newRequest = (cookie) => ({ headers: { cookie }, connection: { encrypted: true } });
  return {
    /** The session of a request. */
    handle,
    seal(data) {
      const [request, response] = [newRequest(""), newResponse()];
      handle(request, response);
      request.session = data;
      response.writeHead(200);
      return response.cookies();
    },
    open: (header) => handle(newRequest(header), newResponse()),
  };
}
