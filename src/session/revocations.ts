import type { Revocation, RevocationPage, RevocationStats } from "../revocation/store.js";
import type { Engine } from "./engine.js";
import { maskSid } from "./payload.js";

/** An entry of the revocation list, with session ids masked. */
export interface RevocationEntry {
  readonly kind: "session" | "subject" | "key";
  /** The masked session id, the subject, or the key's id. */
  readonly name: string;
  /** Of a session: ended, or replaced by a new id. */
  readonly state?: "revoked" | "superseded";
  readonly since: Date;
  /** Of a session: its absolute deadline, where that is known. */
  readonly until?: Date;
}

/** What is on the revocation list. */
export interface Revocations {
  /**
   * Every entry, in the order of their last change, read in pages:
   * `for await (const entry of sessions.revocations.list()) …`
   * @throws RevocationUnavailableError when the store does not answer; so do the others
   */
  list(): AsyncIterableIterator<RevocationEntry>;
  /** How large it is. */
  stats(): Promise<RevocationStats>;
  /** Removes what expired. Writing does so too, a few entries at a time. @returns how many entries */
  prune(): Promise<number>;
}

/** @param engine the manager's, once it has started */
export function revocationsOf(engine: () => Promise<Engine>): Revocations {
  return {
    async *list() {
      const { gate } = await engine();
      let page: RevocationPage | undefined;
      do {
        const after = page?.cursor;
        page = await gate.consult((store) => store.list({ after }));
        yield* page.entries.map(shown);
      } while (page.more);
    },
    async stats() {
      const { gate } = await engine();
      return gate.consult((store) => store.stats());
    },
    async prune() {
      const { gate } = await engine();
      let removed = 0;
      for (let last = 1; last > 0; removed += last) last = await gate.consult((store) => store.prune());
      return removed;
    },
  };
}

function shown(entry: Revocation): RevocationEntry {
  const { kind } = entry;
  const since = new Date(entry.since);
  if (kind === "key") return { kind, name: entry.id, since };
  if (kind === "subject") return { kind, name: entry.subject, since };
  const { sid, state, until } = entry;
  return { kind, name: maskSid(sid), state, since, ...(until !== undefined && { until: new Date(until) }) };
}
