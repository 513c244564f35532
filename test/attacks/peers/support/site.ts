import { request } from "node:http";
import { withMaxAge } from "../../../support/set-cookie.js";
import type { Seen } from "./application.js";

/** What a visitor does. */
export interface Visit {
  readonly verb: "look" | "login" | "logout" | "store" | "keepAlive";
  /** The user of a `login`, the JSON of a `store`. */
  readonly argument?: string;
  /** Whether it waits at the gate. */
  readonly slow?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly cacheControl: string;
  readonly setCookies: readonly string[];
  /** The body, where it is a JSON object: of a `look`, what the session held. */
  readonly json: Partial<Seen>;
}

/** A running server of an application. */
export interface Site {
  /** @param cookies the `Cookie` header */
  send(cookies: string, visit: Visit): Promise<Answer>;
}

/** The server of `perform`. */
export function siteAt(port: number): Site {
  return {
    send: (cookies, { verb, argument = "", slow = false }) =>
      ask(port, `/${verb}/${encodeURIComponent(argument)}`, cookies, slow ? { "x-slow": "1" } : {}),
  };
}

/** One request on a connection of its own: with a clock that jumps, none may be kept. @param json posted, if given */
export async function ask(
  port: number,
  path: string,
  cookies: string,
  headers: Readonly<Record<string, string>> = {},
  json?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      port,
      host: "127.0.0.1",
      path,
      agent: false,
      method: json === undefined ? "GET" : "POST",
      headers: {
        ...headers,
        ...(cookies !== "" && { cookie: cookies }),
        ...(json !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(json) }),
      },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          cacheControl: response.headers["cache-control"] ?? "",
          setCookies: (response.headers["set-cookie"] ?? []).map(withMaxAge),
          json: body.startsWith("{") ? (JSON.parse(body) as Partial<Seen>) : {},
        }),
      );
    });
    outgoing.end(json);
  });
}
