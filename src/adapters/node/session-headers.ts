import { formatSetCookie } from "../../cookies/set-cookie.js";
import type { CookieJar } from "../../cookies/jar.js";
import type { NodeResponse } from "../../cookies/node-jar.js";
import { varyWith, withoutCookie } from "../../cookies/response-headers.js";

/** A jar, and the cookies that it set, to be set again. */
export interface KeptJar {
  readonly jar: CookieJar;
  /** Puts back the session's cookies where the application has replaced the header, and keeps them out of caches. */
  restore(response: NodeResponse): void;
}

/** Remembers what a jar writes: `setHeader("Set-Cookie", …)` and `writeHead` replace what is there. */
export function keepCookies(jar: CookieJar): KeptJar {
  const lines = new Map<string, string>();
  return {
    jar: {
      ...jar,
      write(name, value, attributes) {
        jar.write(name, value, attributes);
        lines.set(name, formatSetCookie(name, value, attributes));
      },
    },
    restore(response) {
      if (lines.size === 0 || response.headersSent) return;
      let others = [response.getHeader("Set-Cookie") ?? []].flat().map(String);
      for (const name of lines.keys()) others = withoutCookie(others, name);
      response.setHeader("Set-Cookie", [...others, ...lines.values()]);
      response.setHeader("Vary", varyWith(text(response.getHeader("Vary")), "Cookie"));
      if (!/\b(private|no-store)\b/i.test(text(response.getHeader("Cache-Control")))) {
        response.setHeader("Cache-Control", "private, no-store");
      }
    },
  };
}

function text(value: ReturnType<NodeResponse["getHeader"]>): string {
  return [value ?? []].flat().join(", ");
}
