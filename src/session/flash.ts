import type { MaybePromise } from "../maybe-promise.js";
import type { Opened } from "../seal/token-keys.js";
import { parseStrict, stringifyStrict } from "../seal/json.js";
import type { CookieJar } from "../cookies/jar.js";
import type { CookieWriter } from "./cookie-writer.js";
import type { Engine } from "./engine.js";
import type { Cookies } from "./authentic.js";

/** How long a message waits to be shown, in ms. */
const FLASH_LIFETIME = 5 * 60_000;

interface Message {
  readonly content: unknown;
  /** ms since the Unix epoch. A message's own, or one that is never shown would live on with every other. */
  readonly deadline: number;
}

type Messages = Map<string, Message>;

/** The messages that a request brought, and the token that they came in. */
interface Incoming {
  readonly messages: Messages;
  readonly token: Opened | undefined;
}

const NOTHING: Incoming = { messages: new Map(), token: undefined };

/**
 * Messages from one request to the next. They have a cookie of their own, so that showing one never rewrites the
 * session.
 */
export class FlashBag {
  readonly #incoming: Messages;
  readonly #token: Opened | undefined;
  readonly #outgoing: Messages = new Map();
  readonly #jar: Pick<CookieJar, "prefetch">;
  #changed = false;

  constructor({ messages, token }: Incoming, jar: Pick<CookieJar, "prefetch">) {
    this.#incoming = messages;
    this.#token = token;
    this.#jar = jar;
  }

  /** Whether `take()` would give a message. A prefetched page is not shown yet, maybe never: it uses none up. */
  has(key: string): boolean {
    return this.#incoming.has(key) && this.#jar.prefetch !== true;
  }

  /** What the last request left under this key, once. */
  take(key: string): unknown {
    if (!this.has(key)) return undefined;
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

  /** Forgets what the last request left. What this one leaves is to be written again: its cookie goes, too. */
  drop(): void {
    this.#incoming.clear();
    this.#changed ||= this.#outgoing.size > 0;
  }

  /** @throws CookieTooLargeError when the messages do not fit into their cookie: browsers would drop it silently */
  assertFits(writer: CookieWriter, now: number): void {
    if (this.#changed) writer.assertFlashFits(this.#text(), now);
  }

  /** Sets or removes the cookie if anything changed. @returns whether it did */
  async save(engine: Engine, writer: CookieWriter, now: number): Promise<boolean> {
    if (!this.#changed) return false;
    // A render that could not remove the cookie may have shown them: they must not come back in a new one.
    if (this.#token && this.#incoming.size > 0 && !(await isUnseen(engine, this.#token))) this.#incoming.clear();
    const sealed =
      this.#incoming.size + this.#outgoing.size > 0 &&
      (await engine.flashBox.seal(this.#text(), now + FLASH_LIFETIME, engine.ring.sealing(now)));
    writer.assertWritable();
    if (sealed) writer.write(engine.names.flash, sealed, now + FLASH_LIFETIME, now);
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
export function readFlash(engine: Engine, cookies: Cookies, now: number): MaybePromise<Incoming> {
  return cookies.has(engine.names.flash) ? openMessages(engine, cookies, now) : NOTHING;
}

async function openMessages(engine: Engine, cookies: Cookies, now: number): Promise<Incoming> {
  const token = await openFlash(engine, cookies, now);
  const messages = token && parseStrict(token.plaintext)?.value;
  // No later than if it were made now: one that was forged with a leaked key would else outlive the key's revocation.
  const capped = isMessages(messages)
    ? messages.map(
        ([key, content, deadline]) => [key, { content, deadline: Math.min(deadline, now + FLASH_LIFETIME) }] as const,
      )
    : [];
  return { messages: new Map(capped.filter(([, { deadline }]) => now <= deadline)), token };
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
  const token = await openFlash(engine, cookies, now);
  if (!token) return "absent";
  const unseen = await isUnseen(engine, token);
  writer.clear([engine.names.flash]);
  return unseen ? "forward" : "shown before";
}

/** Claims a token's messages. With the store out of reach they are rather shown twice than lost. */
function isUnseen({ gate }: Engine, { mac, expiry }: Opened): Promise<boolean> {
  return gate.useOnce(`flash:${mac}`, expiry).catch(() => true);
}

async function openFlash(engine: Engine, cookies: Cookies, now: number): Promise<Opened | undefined> {
  for (const token of cookies.get(engine.names.flash) ?? []) {
    const opened = await engine.flashBox.open(token, now);
    if (typeof opened !== "string" && now <= opened.expiry) return opened;
  }
  return undefined;
}
