import { type ConfigurationError, RevocationUnavailableError } from "../errors.js";
import { isPromise, type MaybePromise } from "../maybe-promise.js";
import type { DirectoryStore, SignInTimes } from "../revocation/directory.js";
import type {
  CheckQuery,
  Generations,
  IssueQuery,
  RegenerateQuery,
  RevocationFacts,
  RevocationStore,
} from "../revocation/store.js";
import { type Circuit, openCircuit } from "./circuit.js";
import type { Emit } from "./events.js";
import { growthAlarm } from "./growth.js";
import { maskSid } from "./payload.js";
import type { Settings } from "./options.js";

/** The revocation store behind its bounds: a time limit, one kind of error, and what happens in an outage. */
export interface Gate {
  /** @returns `undefined` when the store did not answer and `onRevocationOutage` is `accept` */
  check(query: CheckQuery): MaybePromise<RevocationFacts | undefined>;
  issue(query: IssueQuery): Promise<Generations>;
  regenerate(query: RegenerateQuery): Promise<Generations | "revoked" | "superseded">;
  revokeSession(sid: string, until?: number): Promise<void>;
  revokeSubject(subject: string): Promise<number>;
  revokeAll(): Promise<number>;
  useOnce(id: string, until: number): Promise<boolean>;
  /** Tells the directory that a session goes on. Never fails: the session is good without. */
  touch(sid: string, times: SignInTimes): Promise<void>;
  /** Asks what no request waits for, such as an administrator's list. */
  consult<T>(question: (store: RevocationStore) => MaybePromise<T>): Promise<T>;
  /**
   * The ring's revoked keys, so that a server with an older ring does not take them for good. The store is told now if
   * it answers, otherwise before it is next used.
   */
  announceKeys(revoked: readonly string[]): void;
}

/** Asks also while it is known that the store does not answer: nobody tries such a question again by himself. */
const INSIST = true;

/** How long counting a large list, or a page of it, may take, in ms. No request of a visitor waits for it. */
const REPORT_TIMEOUT = 30_000;

export function openGate(settings: Settings, emit: Emit): Gate {
  const { revocation: store, revocationTimeout, acceptUnchecked } = settings;
  const retention = Math.max(settings.lifetimes.absolute, settings.remember.absolute) + settings.skew;
  // Each of its own: what a copy answers must not hide that the store is dead for those who need the store itself.
  const [checks, changes, reports] = [
    openCircuit(revocationTimeout),
    openCircuit(revocationTimeout),
    openCircuit(Math.max(REPORT_TIMEOUT, revocationTimeout)),
  ];
  const added = growthAlarm(settings, emit);
  let revokedKeys: readonly string[] = [];
  let introduced = false;
  let introduction: Promise<void> | undefined;
  const tellWhatCounts = async (isLatest: () => boolean): Promise<void> => {
    await store.announce(retention);
    if (revokedKeys.length > 0) await store.revokeKeys(revokedKeys);
    introduced ||= isLatest();
  };
  const introduce = (): Promise<void> => {
    const mine: Promise<void> = tellWhatCounts(() => mine === introduction);
    introduction = mine;
    return mine;
  };
  const askBy = <T>(
    circuit: Circuit,
    problem: string,
    question: (store: RevocationStore) => MaybePromise<T>,
    insist = false,
  ): MaybePromise<T> => {
    const answer = circuit.ask(
      () => (introduced ? question(store) : (introduction ?? introduce()).then(() => question(store))),
      insist,
    );
    if (!isPromise(answer)) return answer;
    return answer.catch((cause: unknown) => {
      // One that failed, or hangs, must not hold up the questions after this one.
      introduction = undefined;
      // A wrong set-up does not pass by itself, and says what to do.
      if (isSetUp(cause)) throw cause;
      throw new RevocationUnavailableError(
        `The revocation list could not be consulted: ${problem}. The error's cause says why`,
        cause,
      );
    });
  };
  const ask = async <T>(problem: string, question: (store: RevocationStore) => MaybePromise<T>, insist = false) =>
    askBy(changes, problem, question, insist);
  /** A manager may trust clocks further apart than the store does, which keeps entries for its own skew only. */
  const later = (until: number): number => until + settings.skew;
  const UNRECORDED = "whether the revocation was recorded is unknown";
  return {
    check(query) {
      const facts = askBy(checks, "whether the session is still valid is unknown", (list) => list.check(query));
      if (!isPromise(facts)) return facts;
      return facts.catch((error: unknown) => {
        if (!acceptUnchecked || isSetUp(error)) throw error;
        emit("unchecked", {
          session: maskSid(query.sid),
          ...(query.subject !== undefined && { subject: query.subject }),
          error,
        });
        return undefined;
      });
    },
    async issue(query) {
      const replaces = query.replaces?.map((old) => ({ ...old, until: later(old.until) }));
      const generations = await ask("whether a new session was begun is unknown", (list) =>
        list.issue({ ...query, ...(replaces && { replaces }) }),
      );
      added(query.replaces?.length ?? 0);
      return generations;
    },
    async regenerate(query) {
      const answer = await ask("whether the session got a new id is unknown", (list) =>
        list.regenerate({ ...query, until: later(query.until) }),
      );
      if (typeof answer === "object") added(1);
      return answer;
    },
    async revokeSession(sid, until) {
      await ask(UNRECORDED, (list) => list.revokeSession(sid, until && later(until)), INSIST);
      added(1);
    },
    async revokeSubject(subject) {
      const generation = await ask(UNRECORDED, (list) => list.revokeSubject(subject), INSIST);
      added(1);
      return generation;
    },
    revokeAll: () => ask(UNRECORDED, (list) => list.revokeAll(), INSIST),
    useOnce: (id, until) => ask("whether it was used before is unknown", (list) => list.useOnce(id, until)),
    touch: (sid, times) =>
      ask("", ({ directory }) => (directory as DirectoryStore).touch(sid, times)).catch(() => undefined),
    consult: async (question) => askBy(reports, "there was no answer", question, INSIST),
    announceKeys(revoked) {
      if (revoked.join() === revokedKeys.join()) return;
      revokedKeys = revoked;
      introduced = false;
      introduction = undefined;
      // What fails now is tried again by the next question, which does not go on without it.
      ask("", () => undefined).catch(() => undefined);
    },
  };
}

/** By its code: the store may come from another copy of this package. */
function isSetUp(error: unknown): error is ConfigurationError {
  return (error as Partial<ConfigurationError> | undefined)?.code === "ERR_CONFIGURATION";
}
