import { createBrowser, type TestBrowser } from "sealed-session/testing";

/** Somebody with a browser who follows redirects and fills in the provider's forms. */
export interface Visitor {
  readonly browser: TestBrowser;
  /** One request, and its answer as it is. */
  ask(url: string | URL, init?: RequestInit): Promise<Response>;
  /**
   * Goes on until a page is neither a redirect nor a form.
   * @param until where to stop instead: what begins with it is not asked for any more
   */
  go(
    url: string | URL,
    init?: RequestInit & { readonly until?: string },
  ): Promise<{ url: string; response?: Response }>;
}

/** @param name what the visitor enters as a name at the provider */
export function visitor(name = "ada"): Visitor {
  const browser = createBrowser();
  const ask: Visitor["ask"] = (url, init = {}) => browser.fetch(fetch, url, { ...init, redirect: "manual" });
  return {
    browser,
    ask,
    async go(start, { until, ...first } = {}) {
      let url = String(start);
      let init: RequestInit = first;
      for (let step = 0; step < 20; step++) {
        if (until !== undefined && url.startsWith(until)) return { url };
        const response = await ask(url, init);
        const location = response.headers.get("location");
        if (response.status >= 300 && response.status < 400 && location !== null) {
          [url, init] = [new URL(location, url).href, {}];
          continue;
        }
        if (!response.headers.get("content-type")?.startsWith("text/html")) return { url, response };
        const form = filledIn(await response.text(), name);
        if (!form) return { url, response };
        [url, init] = [new URL(form.action, url).href, { method: "POST", body: form.body }];
      }
      throw new Error(`no end of redirects and forms, the last at ${url}`);
    },
  };
}

function filledIn(html: string, name: string): { action: string; body: URLSearchParams } | undefined {
  const action = /<form[^>]*\baction="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  if (action === undefined) return undefined;
  const body = new URLSearchParams();
  for (const [tag] of html.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const of = (attribute: string): string => new RegExp(`\\b${attribute}="([^"]*)"`).exec(tag)?.[1] ?? "";
    const typed: Record<string, string> = { login: name, password: "a password" };
    if (of("name")) body.append(of("name"), typed[of("name")] ?? of("value"));
  }
  return { action, body };
}
