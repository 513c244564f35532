import { Browser } from "../../../support/sessions.js";

export interface Step {
  readonly status: number;
  readonly location: string | null;
  readonly body: unknown;
  readonly setCookies: readonly string[];
}

/** A browser at a server, which does not follow redirects. */
export function client(port: number, browser = new Browser()) {
  const send = async (method: string, path: string, form?: Record<string, string>): Promise<Step> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: "manual",
      headers: { cookie: browser.header },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const setCookies = response.headers.getSetCookie();
    browser.store(setCookies);
    const text = await response.text();
    const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
    return { status: response.status, location: response.headers.get("location"), body, setCookies };
  };
  return {
    browser,
    get: (path: string) => send("GET", path),
    post: (path: string, form: Record<string, string> = {}) => send("POST", path, form),
    /** Somebody else who has a copy of the cookies as they are now. */
    copy() {
      const copy = new Browser();
      for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
      return client(port, copy);
    },
  };
}
