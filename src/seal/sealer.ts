import { type Clock, systemClock } from "../clock.js";
import { type Duration, formatDuration, parseDuration } from "../duration.js";
import { ConfigurationError, RevocationUnavailableError, SealError } from "../errors.js";
import { keyringFrom, type KeyringSource } from "../keyring/source.js";
import { lazily } from "../lazily.js";
import { type Box, createBox } from "./box.js";
import { type Codec, readText, writeText } from "./codec.js";
import { followRing } from "./live-ring.js";
import type { RingView } from "./ring-view.js";
import { MAX_TOKEN_CHARS } from "./token.js";

/** What `createSealer` takes. */
export interface SealerOptions {
  /** The key ring, a secret, a list of secrets, or a function that gives one of them. */
  readonly keyring: KeyringSource | undefined;
  /**
   * What the tokens are for, `[A-Za-z0-9_-]{1,64}`. A token opens for the purpose it was sealed for and for no other.
   * `session`, `seen` and `flash` are taken.
   */
  readonly purpose: string;
  /** Serializes values that JSON cannot carry. */
  readonly codec?: Codec;
  /** For tests. @default the system's */
  readonly clock?: Clock;
}

/** Where `once` remembers which tokens were opened. A revocation store is one. */
export interface OnceStore {
  /**
   * Marks `id` as used.
   * @param until how long to remember it, in ms since the Unix epoch
   * @returns whether this was the first time
   */
  useOnce(id: string, until: number): boolean | Promise<boolean>;
}

/** Seals and opens values for one purpose. */
export interface Sealer {
  /**
   * Seals a value into a token.
   *
   * @param options.ttl how long the token opens
   * @throws DataNotJsonError when JSON would change the data silently
   * @throws ConfigurationError when the ttl is longer than the key ring's policy allows, or the data too long
   */
  seal(data: unknown, options: { readonly ttl: Duration }): Promise<string>;
  /**
   * Opens a token that this sealer, or another of its purpose and keys, sealed.
   *
   * @returns the data
   * @throws SealError with the reason, when the token does not open
   */
  open(token: string): Promise<unknown>;
  /**
   * The same sealer, but each token opens only once.
   * @param store remembers the opened ones until they expire
   * @throws RevocationUnavailableError from `open` when the store cannot be asked: the token then stays unused
   */
  once(store: OnceStore): Sealer;
}

const RESERVED = new Set(["session", "seen", "flash"]);
const PURPOSE = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Makes a sealer: encrypted, authenticated, expiring tokens for links in mail and the like. What it seals can never
 * pass as a session, nor as the token of another purpose.
 *
 * @throws ConfigurationError when the purpose is not valid or taken
 * @throws KeyringError at once for a secret that is given but weak; from the first use for one that is missing
 * @example
 * const resetLinks = createSealer({ keyring: process.env.SESSION_KEYRING, purpose: "reset-link" });
 * const token = await resetLinks.seal({ user: 42 }, { ttl: "15m" });
 * const data = await resetLinks.open(token);
 */
export function createSealer(options: SealerOptions): Sealer {
  const { purpose, codec, clock = systemClock } = options;
  if (typeof purpose !== "string" || !PURPOSE.test(purpose) || RESERVED.has(purpose)) {
    throw new ConfigurationError(
      `purpose: ${JSON.stringify(purpose) ?? "undefined"} is not valid; use 1 to 64 letters, digits, "-" or "_", other than ${[...RESERVED].join(", ")}`,
    );
  }
  const source = keyringFrom(options.keyring);
  const load = async (): Promise<{ ring: () => RingView; box: Box }> => {
    const ring = await followRing(source, () => undefined);
    return { ring, box: createBox(ring, purpose, "", false) };
  };
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  const ready = lazily(async () => (loaded = await load()));

  const make = (store?: OnceStore): Sealer => ({
    async seal(data, { ttl }) {
      const lifetime = parseDuration(ttl, "ttl");
      const { box, ring } = loaded ?? (await ready());
      const view = ring();
      const { policy } = view;
      if (policy && lifetime > policy.absoluteTimeout) {
        throw new ConfigurationError(
          `ttl: ${formatDuration(lifetime)} is longer than the key ring's absoluteTimeout of ${formatDuration(policy.absoluteTimeout)}, after which its keys may retire`,
        );
      }
      const now = clock();
      const token = await box.seal(writeText(data, codec, "data"), now + lifetime, view.sealing(now));
      if (token.length > MAX_TOKEN_CHARS) {
        throw new ConfigurationError(
          `data: its token would have ${token.length} characters, and those above ${MAX_TOKEN_CHARS} do not open; seal less`,
        );
      }
      return token;
    },
    async open(token) {
      const now = clock();
      const { box } = loaded ?? (await ready());
      const opened = typeof token === "string" ? await box.open(token, now) : "malformed";
      if (typeof opened === "string") throw new SealError(opened);
      if (now > opened.expiry) throw new SealError("expired");
      const data = readText(opened.plaintext, codec);
      if (!data) throw new SealError("malformed");
      if (store && !(await useOnce(store, opened.mac, opened.expiry))) throw new SealError("used");
      return data.value;
    },
    once(newStore) {
      // Without it every token would go on opening again and again.
      if (typeof newStore?.useOnce !== "function") {
        throw new ConfigurationError("once: needs a store with useOnce(); memoryStore() makes one");
      }
      return make(newStore);
    },
  });
  return make();
}

async function useOnce(store: OnceStore, mac: string, until: number): Promise<boolean> {
  try {
    return await store.useOnce(`token:${mac}`, until);
  } catch (cause) {
    throw new RevocationUnavailableError(
      "The store of used tokens did not answer; the token was not opened. Open it again when it does",
      cause,
    );
  }
}
