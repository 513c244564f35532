import assert from "node:assert/strict";

/** One `Set-Cookie` line. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Seconds; nothing for a cookie of the browser's window. */
  readonly maxAge: number | undefined;
}

/** Reads a line and insists on what browsers insist on for `__Host-` cookies, and on this package's attributes. */
export function readSetCookie(line: string): SetCookie {
  const [pair = "", ...attributes] = line.split("; ");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals);
  const maxAge = attributes.find((attribute) => attribute.startsWith("Max-Age="))?.slice("Max-Age=".length);
  const others = attributes.filter((attribute) => !attribute.startsWith("Max-Age=")).sort();
  assert.ok(name.startsWith("__Host-"), `${name} has no __Host- prefix`);
  assert.deepEqual(others, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"], `attributes of ${name}`);
  assert.ok(maxAge === undefined || /^\d+$/.test(maxAge), `Max-Age of ${name}`);
  assert.ok(line.length <= 4_096, `${name} is larger than browsers take`);
  return { name, value: pair.slice(equals + 1), maxAge: maxAge === undefined ? undefined : Number(maxAge) };
}

/** A browser's cookies of one site, by its own clock's Max-Age. */
export class Browser {
  readonly #cookies = new Map<string, { readonly value: string; readonly until: number | undefined }>();

  header(now: number): string {
    const kept = [...this.#cookies].filter(([, { until }]) => until === undefined || now <= until);
    return kept.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  receive(setCookies: readonly SetCookie[], now: number): void {
    for (const { name, value, maxAge } of setCookies) {
      if (maxAge === 0) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, until: maxAge === undefined ? undefined : now + maxAge * 1_000 });
    }
  }

  /** Cookies without Max-Age end with the window. */
  closeWindow(): void {
    for (const [name, { until }] of this.#cookies) {
      if (until === undefined) this.#cookies.delete(name);
    }
  }
}
