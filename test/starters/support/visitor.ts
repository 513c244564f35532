import type { BrowserCookie } from "sealed-session/testing";
import { createBrowser } from "sealed-session/testing";

/** Somebody with a browser that has no JavaScript: reads headings, follows links, fills in forms. */
export interface Visitor {
  /** Goes to a page, and wherever it leads. @returns the heading that they see in the end */
  visit(path: string): Promise<string>;
  /** Presses a button of the page they look at, with the form filled in. @returns the heading they see then */
  press(button: string, fields?: Readonly<Record<string, string>>): Promise<string>;
  /** What the page they look at tells them. */
  notice(): string;
  cookies(): readonly BrowserCookie[];
}

export function newVisitor(address: string, cookies: readonly BrowserCookie[] = []): Visitor {
  const browser = createBrowser();
  browser.addCookies(cookies);
  let page = { url: new URL(address), html: "" };

  async function go(url: URL, init: RequestInit = {}): Promise<string> {
    const response = await browser.fetch(fetch, url, { redirect: "manual", ...init });
    const html = await response.text();
    const location = response.headers.get("location");
    if (location !== null) return go(new URL(location, url));
    if (response.status >= 500) throw new Error(`${url.pathname} is answered ${response.status}: ${html}`);
    page = { url, html };
    return textOf(page.html, /<h1>(.*?)<\/h1>/s);
  }

  return {
    visit: (path) => go(new URL(path, address)),
    press(button, fields = {}) {
      const form = page.html.split("<form").find((part) => part.includes(`>${button}</button>`));
      if (form === undefined) throw new Error(`there is no button ${button} on ${page.url.pathname}: ${page.html}`);
      const tag = form.slice(0, form.indexOf(">"));
      const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)];
      const entries = [
        ...hidden.map(([, name = "", value = ""]) => [name, value.replaceAll("&quot;", '"')]),
        ...Object.entries(fields),
      ];
      // Server actions ask for multipart.
      const body = /multipart/i.test(tag) ? new FormData() : new URLSearchParams();
      for (const [name = "", value = ""] of entries) body.append(name, value);
      const action = /action="([^"]*)"/.exec(tag)?.[1] ?? "";
      return go(new URL(action, page.url), { method: "POST", body });
    },
    notice: () => textOf(page.html, /<p role="status">(.*?)<\/p>/s),
    cookies: () => browser.cookies(),
  };
}

const textOf = (html: string, element: RegExp): string =>
  (element.exec(html)?.[1] ?? "")
    .replaceAll(/<!--.*?-->/gs, "")
    .replaceAll(/&#x27;|&#39;/g, "'")
    .trim();
