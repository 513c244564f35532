import { cipher } from "#cipher";
import { chunkNames } from "../cookies/chunks.js";
import { formatDuration } from "../duration.js";
import { ConfigurationError } from "../errors.js";
import type { LiveKeyring } from "../keyring/source.js";
import { type Box, createBox } from "../seal/box.js";
import { writeText } from "../seal/codec.js";
import { followRing } from "../seal/live-ring.js";
import type { RingView } from "../seal/ring-view.js";
import { type Emit, emitter } from "./events.js";
import { type Gate, openGate } from "./gate.js";
import type { Lifetimes } from "./lifetimes.js";
import type { Settings } from "./options.js";
import type { Sealed } from "./payload.js";
import { freshData } from "./schema.js";

/** Which of the two session cookies: a visitor's without a subject, or a signed-in user's. */
export type Kind = "guest" | "user";

/** Everything that a manager's sessions share. */
export interface Engine {
  readonly settings: Settings;
  /** The ring of the moment. What belongs together takes it once: it may be another one the next time. */
  readonly ring: RingView;
  readonly sessionBox: Box;
  readonly seenBox: Box;
  readonly flashBox: Box;
  readonly gate: Gate;
  readonly emit: Emit;
  readonly names: CookieNames;
  readonly cipherName: string;
  /** A fresh session's data as text: what the schema makes of `{}`. */
  readonly freshText: string;
}

/** The names of a manager's cookies, each with its prefix; the two sessions may come in chunks. */
export interface CookieNames {
  readonly user: string;
  readonly guest: string;
  readonly seen: string;
  readonly flash: string;
  /** All of them, chunks included. */
  readonly all: ReadonlySet<string>;
}

/**
 * @throws ConfigurationError when the timeouts exceed the key ring's policy or the schema refuses `{}`
 */
export async function startEngine(settings: Settings, source: LiveKeyring): Promise<Engine> {
  const freshText = writeText(await freshData(settings.schema), settings.codec, "session.data");
  const emit = emitter(settings.on, settings.name, settings.clock);
  const gate = openGate(settings, emit);
  const ring = await followRing(source, (version) => {
    // First: also where this version is not used, a compromised key's sessions must die.
    gate.announceKeys(version.keys.filter((key) => key.revokedAt !== undefined).map((key) => key.id));
    assertWithinPolicy(settings, version);
  });
  const { name, cache } = settings;
  return {
    settings,
    get ring() {
      return ring();
    },
    sessionBox: createBox(ring, "session", name, cache),
    seenBox: createBox(ring, "seen", name, false),
    flashBox: createBox(ring, "flash", name, false),
    gate,
    emit,
    names: cookieNames(settings.cookie.base),
    cipherName: cipher.name,
    freshText,
  };
}

export function cookieNames(base: string): CookieNames {
  const [user, guest, seen, flash] = [base, `${base}.guest`, `${base}.seen`, `${base}.flash`];
  const all = new Set([user, guest, seen, flash, ...chunkNames(user), ...chunkNames(guest)]);
  return { user, guest, seen, flash, all };
}

export function kindOf(sealed: { readonly sub?: string | undefined }): Kind {
  return sealed.sub === undefined ? "guest" : "user";
}

/** Today's limits for a session: a login that chose its own timeouts is held to the longest that one may choose. */
export function limitsOf({ settings }: Engine, sealed: Pick<Sealed, "idl">): Lifetimes {
  return sealed.idl === undefined ? settings.lifetimes : settings.remember;
}

function assertWithinPolicy({ lifetimes, remember }: Settings, { policy }: RingView): void {
  const longest = Math.max(lifetimes.absolute, remember.absolute);
  if (policy && longest > policy.absoluteTimeout) {
    throw new ConfigurationError(
      `absoluteTimeout: ${formatDuration(longest)} is longer than the key ring's policy allows (${formatDuration(policy.absoluteTimeout)}), ` +
        "so its keys could retire under living sessions; lower it, or raise the policy's absoluteTimeout first",
    );
  }
}
