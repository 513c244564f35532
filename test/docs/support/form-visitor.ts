/** A browser without scripts: it sends back cookies, follows redirects, and submits forms as they are on the page. */
export class FormVisitor {
  readonly #url: string;
  readonly #cookies: Map<string, string>;
  #page = "";
  #path = "/";

  constructor(url: string, cookies: ReadonlyMap<string, string> = new Map()) {
    this.#url = url;
    this.#cookies = new Map(cookies);
  }

  /** Another browser with a copy of the cookies. */
  copy(): FormVisitor {
    return new FormVisitor(this.#url, this.#cookies);
  }

  /** @returns the page's HTML, without its scripts */
  async visit(path: string, init: RequestInit = {}): Promise<string> {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(new URL(path, this.#url), { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) return this.visit(location);
    // What scripts carry, nobody sees.
    this.#page = (await response.text()).replaceAll(/<script[\s\S]*?<\/script>/g, "");
    this.#path = path;
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}: ${this.#page}`);
    return this.#page;
  }

  /** Submits the form whose button says this, with these fields and those that are hidden in it. */
  async submit(button: string, fields: Readonly<Record<string, string>> = {}): Promise<string> {
    const forms = this.#page.match(/<form[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find((each) => each.includes(`>${button}</button>`));
    if (form === undefined) throw new Error(`no form says ${button}: ${this.#page}`);
    const body = new FormData();
    for (const [, name = "", value = ""] of form.matchAll(
      /<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g,
    )) {
      body.append(name, value);
    }
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return this.visit(this.#path, { method: "POST", body });
  }
}
