import { expect } from "vitest";

/** A browser: it sends the cookies that it got. */
class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string, cookies: Iterable<readonly [name: string, value: string]> = []) {
    this.#url = url;
    for (const [name, value] of cookies) this.#cookies.set(name, value);
  }

  get cookies(): readonly (readonly [name: string, value: string])[] {
    return [...this.#cookies];
  }

  /** Another browser with a copy of the cookies. */
  thief(): Visitor {
    return this.at(this.#url);
  }

  /** The same, on another server of the application. */
  at(url: string): Visitor {
    return new Visitor(url, this.#cookies);
  }

  async ask(method = "GET", form?: Readonly<Record<string, string>>): Promise<object> {
    const cookie = this.cookies.map((pair) => pair.join("=")).join("; ");
    const body = form && { body: new URLSearchParams(form) };
    const response = await fetch(this.#url, { method, headers: { cookie }, ...body });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { status: response.status, ...((await response.json()) as object) };
  }
}

/**
 * Uses the example that `init` makes: it counts, signs in and out, and refuses a copy of the cookie after that.
 *
 * @returns another copy, which was not used
 */
export async function useExample(url: string): Promise<Visitor> {
  const ada = new Visitor(url);
  expect(await ada.ask()).toEqual({ status: 200, user: null, visits: 1 });
  expect(await ada.ask()).toEqual({ status: 200, user: null, visits: 2 });
  expect(ada.cookies).toEqual([[expect.stringMatching(/^(__Host-)?app\.guest$/), expect.stringMatching(/^Fe26\.2\*/)]]);
  expect(await ada.ask("POST", { user: "" })).toEqual({ status: 400, error: "Who are you?" });
  expect(await ada.ask("POST", { user: "ada" })).toEqual({ status: 200, user: "ada" });
  expect(await ada.ask()).toEqual({ status: 200, user: "ada", visits: 3 });

  const [thief, late, unused] = [ada.thief(), ada.thief(), ada.thief()];
  expect(await thief.ask()).toMatchObject({ user: "ada" });
  expect(await ada.ask("DELETE")).toEqual({ status: 200, user: null });
  expect(ada.cookies).toEqual([]);
  for (const copy of [thief, late, ada]) expect(await copy.ask()).toEqual({ status: 200, user: null, visits: 1 });
  return unused;
}
