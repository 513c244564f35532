import type { Opened } from "../seal/box.js";
import { parseStrict, stringifyStrict } from "../seal/json.js";
import type { CookieWriter } from "./cookie-writer.js";
import type { Engine } from "./engine.js";
import type { Cookies } from "./incoming.js";

/** How long a message waits to be shown, in ms. */
const FLASH_LIFETIME = 5 * 60_000;

interface Message {
  readonly content: unknown;
  /** ms since the Unix epoch. A message's own, or one that is never shown would live on with every other. */
  readonly deadline: number;
}

export type Messages = Map<string, Message>;

/**
 * Messages from one request to the next. They have a cookie of their own, so that showing one never rewrites the
 * session.
 */
export class FlashBag {
  readonly #incoming: Messages;
  readonly #outgoing: Messages = new Map();
  readonly #prefetch: boolean;
  #changed = false;

  /** @param prefetch a prefetched page is not shown yet, maybe never: it gets no message and uses none up */
  constructor(incoming: Messages, prefetch: boolean) {
    this.#incoming = incoming;
    this.#prefetch = prefetch;
  }

  /** What the last request left under this key, once. */
  take(key: string): unknown {
    if (this.#prefetch || !this.#incoming.has(key)) return undefined;
    const content = this.#incoming.get(key)?.content;
    this.#incoming.delete(key);
    this.#changed = true;
    return content;
  }

  /** @throws DataNotJsonError at once rather than at the save that would write it */
  put(key: string, content: unknown, now: number): void {
    stringifyStrict(content, `flash.${key}`);
    this.#outgoing.set(key, { content, deadline: now + FLASH_LIFETIME });
    this.#changed = true;
  }

  /** Forgets what the last request left. */
  drop(): void {
    this.#incoming.clear();
  }

  /** @throws CookieTooLargeError when the messages do not fit into their cookie: browsers would drop it silently */
  assertFits(writer: CookieWriter, now: number): void {
    if (this.#changed) writer.assertFlashFits(this.#text(), now);
  }

  /** Sets or removes the cookie if anything changed. @returns whether it did */
  async save(engine: Engine, writer: CookieWriter, now: number): Promise<boolean> {
    if (!this.#changed) return false;
    const sealed =
      this.#incoming.size + this.#outgoing.size > 0 &&
      (await engine.flashBox.seal(this.#text(), now + FLASH_LIFETIME, now));
    writer.assertWritable();
    if (sealed) writer.write(engine.names.flash, sealed.token, now + FLASH_LIFETIME, now);
    else writer.clear([engine.names.flash]);
    this.#changed = false;
    return true;
  }

  /** A list rather than an object: a message may be called anything, __proto__ too. */
  #text(): string {
    const messages = new Map([...this.#incoming, ...this.#outgoing]);
    return stringifyStrict(
      Array.from(messages, ([key, { content, deadline }]) => [key, content, deadline]),
      "flash",
    );
  }
}

/** The messages that a request brought; none for anything that is not authentic or too old. */
export async function readFlash(engine: Engine, cookies: Cookies, now: number): Promise<Messages> {
  const opened = await openFlash(engine, cookies, now);
  const messages = opened && parseStrict(opened.plaintext)?.value;
  if (!isMessages(messages)) return new Map();
  const current = messages.filter(([, , deadline]) => now <= deadline);
  return new Map(current.map(([key, content, deadline]) => [key, { content, deadline }]));
}

/** An authentic token of another version of this package may hold anything. */
function isMessages(value: unknown): value is [string, unknown, number][] {
  return (
    Array.isArray(value) &&
    value.every((entry) => Array.isArray(entry) && typeof entry[0] === "string" && Number.isSafeInteger(entry[2]))
  );
}

/**
 * For a proxy in front of a render that shows the messages but cannot remove their cookie: removes it, once.
 *
 * The store remembers which messages were let through. A response of the proxy's does not always reach the browser:
 * for a `redirect()` in a server action Next.js fetches the next page itself and drops what that response sets.
 *
 * @returns whether there are messages for the render, or only some that were shown before and are to be hidden
 */
export async function forwardFlash(
  engine: Engine,
  cookies: Cookies,
  writer: CookieWriter,
  now: number,
): Promise<"absent" | "forward" | "shown before"> {
  const opened = await openFlash(engine, cookies, now);
  if (!opened) return "absent";
  // With the store out of reach a message is rather shown twice than lost.
  const first = await engine.gate.useOnce(`flash:${opened.mac}`, opened.expiry).catch(() => true);
  writer.clear([engine.names.flash]);
  return first ? "forward" : "shown before";
}

async function openFlash(engine: Engine, cookies: Cookies, now: number): Promise<Opened | undefined> {
  for (const token of cookies.get(engine.names.flash) ?? []) {
    const opened = await engine.flashBox.open(token, now);
    if (typeof opened !== "string" && now <= opened.expiry) return opened;
  }
  return undefined;
}
