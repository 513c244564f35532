import { maxAgeUntil } from "../cookies/attributes.js";
import { formatSetCookie } from "../cookies/set-cookie.js";
import { assertFitsCookies, chunkNames, fitsCookies, splitToken } from "../cookies/chunks.js";
import type { CookieAttributes, CookieJar } from "../cookies/jar.js";
import { CookieTooLargeError } from "../errors.js";
import { tokenLength } from "../seal/token.js";
import type { Cookies } from "./authentic.js";
import type { Engine, Kind } from "./engine.js";

/** Until when a cookie shall live in the browser: ms since the Unix epoch, or until the window is closed. */
type Life = number | "window";

/** With the largest session and a browser's other headers still below Node's 16 KB, above which nobody can sign out. */
const MAX_FLASH_BYTES = 2_000;

/** Queues one session's cookies on a response and knows which of them the browser holds. */
export class CookieWriter {
  readonly #engine: Engine;
  readonly #jar: CookieJar;
  /** Names that the browser has, or will have after this response. */
  readonly #present: Set<string>;

  constructor(engine: Engine, jar: CookieJar, cookies: Cookies) {
    this.#engine = engine;
    this.#jar = jar;
    this.#present = new Set(cookies.keys());
  }

  /** @throws when the jar cannot write */
  assertWritable(): void {
    this.#jar.assertWritable?.();
  }

  isWritable(): boolean {
    try {
      this.assertWritable();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * @param most no plaintext of the session has more bytes; seldom does one have to be written to be sure
   * @param plaintext writes the longest that it may have
   * @throws CookieTooLargeError when a token of it would not fit
   */
  assertFits(kind: Kind, most: number, plaintext: () => string, now: number): void {
    const name = this.#engine.names[kind];
    const kid = this.#engine.ring.sealing(now).id;
    // With the longest Max-Age: what is found to be too large only after the store was asked would cost the old session.
    const attributes = this.#attributes(Number.MAX_SAFE_INTEGER, now);
    if (fitsCookies(name, tokenLength(kid, most), attributes)) return;
    assertFitsCookies(name, tokenLength(kid, new TextEncoder().encode(plaintext()).length), attributes);
  }

  /** @throws CookieTooLargeError when a token of these flash messages would not fit: they have one cookie, no chunks */
  assertFlashFits(plaintext: string, now: number): void {
    const name = this.#engine.names.flash;
    const kid = this.#engine.ring.sealing(now).id;
    const overhead = formatSetCookie(name, "", this.#attributes(Number.MAX_SAFE_INTEGER, now)).length;
    const bytes = overhead + tokenLength(kid, new TextEncoder().encode(plaintext).length);
    if (bytes <= MAX_FLASH_BYTES) return;
    throw new CookieTooLargeError(
      `The flash messages need ${bytes} bytes of cookie, at most ${MAX_FLASH_BYTES} are possible. Make them shorter`,
      bytes,
      MAX_FLASH_BYTES,
    );
  }

  /** Sets the token in as many cookies as it needs and removes what an earlier form of it left. @returns how many */
  writeToken(kind: Kind, token: string, life: Life, now: number): number {
    const base = this.#engine.names[kind];
    const attributes = this.#attributes(life, now);
    const cookies = splitToken(base, token, attributes);
    for (const { name, value } of cookies) this.#write(name, value, attributes);
    this.preventCaching();
    const isUsed = (name: string): boolean => cookies.some((cookie) => cookie.name === name);
    this.clear([base, ...chunkNames(base)].filter((name) => !isUsed(name)));
    return cookies.length;
  }

  write(name: string, value: string, life: Life, now: number): void {
    this.#write(name, value, this.#attributes(life, now));
    this.preventCaching();
  }

  #write(name: string, value: string, attributes: CookieAttributes): void {
    this.#jar.write(name, value, attributes);
    this.#present.add(name);
  }

  /** Removes those of the cookies that the browser has. */
  clear(names: Iterable<string>): void {
    for (const name of names) {
      if (!this.#present.delete(name)) continue;
      this.#jar.write(name, "", { ...this.#engine.settings.cookie.attributes, maxAge: 0 });
      this.preventCaching();
    }
  }

  /** A cached response would hand one visitor's session, or what it shows, to another. */
  preventCaching(): void {
    this.#jar.header?.("Cache-Control", "private, no-store");
    this.#jar.header?.("Vary", "Cookie");
  }

  #attributes(life: Life, now: number): CookieAttributes {
    const { attributes } = this.#engine.settings.cookie;
    if (life === "window") return attributes;
    // Property by property: to spread them takes 1.6 µs.
    const { path, domain, secure, httpOnly, sameSite, partitioned, priority } = attributes;
    return { path, domain, maxAge: maxAgeUntil(life, now), secure, httpOnly, sameSite, partitioned, priority };
  }
}
