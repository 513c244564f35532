import { RevocationUnavailableError } from "../errors.js";
import type {
  CheckQuery,
  Generations,
  IssueQuery,
  RegenerateQuery,
  RevocationFacts,
  RevocationStore,
} from "../revocation/store.js";
import type { Emit } from "./events.js";
import { maskSid } from "./payload.js";
import type { Settings } from "./options.js";

/** The revocation store behind its bounds: a time limit, one kind of error, and what happens in an outage. */
export interface Gate {
  /** @returns `undefined` when the store did not answer and `onRevocationOutage` is `accept` */
  check(query: CheckQuery): Promise<RevocationFacts | undefined>;
  issue(query: IssueQuery): Promise<Generations>;
  regenerate(query: RegenerateQuery): Promise<Generations | "revoked" | "superseded">;
  revokeSession(sid: string, until?: number): Promise<void>;
  revokeSubject(subject: string): Promise<number>;
  revokeAll(): Promise<number>;
  useOnce(id: string, until: number): Promise<boolean>;
  /**
   * The ring's revoked keys, so that a server with an older ring does not take them for good. The store is told now if
   * it answers, otherwise before it is next used.
   */
  announceKeys(revoked: readonly string[]): void;
}

export function openGate(settings: Settings, emit: Emit): Gate {
  const { revocation: store, revocationTimeout, acceptUnchecked } = settings;
  const retention = Math.max(settings.lifetimes.absolute, settings.remember.absolute) + settings.skew;
  let revokedKeys: readonly string[] = [];
  let introduced: Promise<void> | undefined;
  const introduce = async (): Promise<void> => {
    await store.announce(retention);
    if (revokedKeys.length > 0) await store.revokeKeys(revokedKeys);
  };
  const ask = async <T>(problem: string, question: (store: RevocationStore) => T | Promise<T>): Promise<T> => {
    try {
      introduced ??= introduce();
      return await within(
        revocationTimeout,
        introduced.then(() => question(store)),
      );
    } catch (cause) {
      introduced = undefined;
      throw new RevocationUnavailableError(`The revocation list could not be consulted: ${problem}`, cause);
    }
  };
  return {
    async check(query) {
      try {
        return await ask("whether the session is still valid is unknown", (list) => list.check(query));
      } catch (error) {
        if (!acceptUnchecked) throw error;
        emit("unchecked", {
          session: maskSid(query.sid),
          ...(query.subject !== undefined && { subject: query.subject }),
          error,
        });
        return undefined;
      }
    },
    issue: (query) => ask("whether a new session was begun is unknown", (list) => list.issue(query)),
    regenerate: (query) => ask("whether the session got a new id is unknown", (list) => list.regenerate(query)),
    revokeSession: (sid, until) =>
      ask("whether the revocation was recorded is unknown", (list) => list.revokeSession(sid, until)),
    revokeSubject: (subject) =>
      ask("whether the revocation was recorded is unknown", (list) => list.revokeSubject(subject)),
    revokeAll: () => ask("whether the revocation was recorded is unknown", (list) => list.revokeAll()),
    announceKeys(revoked) {
      if (revoked.join() === revokedKeys.join()) return;
      revokedKeys = revoked;
      introduced = undefined;
      // What fails now is tried again by the next question, which does not go on without it.
      ask("", () => undefined).catch(() => undefined);
    },
    useOnce: (id, until) => ask("whether it was used before is unknown", (list) => list.useOnce(id, until)),
  };
}

/** Rejects when the promise takes longer than `ms`. The timer keeps no process alive. */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer: { unref?(): void } = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms) as never;
    timer.unref?.();
    promise.then(resolve, reject).finally(() => clearTimeout(timer as never));
  });
}
