import { setTimeout as wait } from "node:timers/promises";
import type { RingDocument } from "../rotation/document.js";
import { keyringOf } from "../rotation/document.js";
import type { Keyring } from "../ring.js";
import { assertSuccessor, notUsed, notUsedByAll } from "./successor.js";
import { assertNotCommitted } from "./git.js";
import { readRing } from "./read.js";
import type { Allowance } from "./allowance.js";
import { type FileWatch, identityOf, watchFile } from "./watch.js";

/** A ring file that is read once per process and read again when it changes. */
export interface FollowedFile {
  load(): Keyring;
  /** Whoever uses the ring: given every later version, and awaited. One that throws does not use that version. */
  readonly users: Set<(ring: Keyring) => void | Promise<void>>;
  /** Told, after the users. */
  readonly changeListeners: Set<(ring: Keyring) => void>;
  readonly errorListeners: Set<(error: Error) => void>;
  /** Looks at the file now rather than at its next change. */
  reload(): Promise<void>;
  /** Looks for changes that no notification told at least so often, in ms. */
  lookEvery(interval: number): void;
}

/** Half-written files are whole soon; a file that is replaced by hand may be missing for a moment. */
const ATTEMPTS = 6;
const PAUSE_MS = 100;

export function followFile(path: string, allow: readonly Allowance[]): FollowedFile {
  const users: FollowedFile["users"] = new Set();
  const changeListeners: FollowedFile["changeListeners"] = new Set();
  const errorListeners: FollowedFile["errorListeners"] = new Set();
  let document: RingDocument | undefined;
  let keyring: Keyring | undefined;
  let watch: FileWatch | undefined;
  let interval = Number.POSITIVE_INFINITY;
  let reloading = Promise.resolve();
  /** What was told of the file as it is, so that it is told once. */
  let told: string | undefined;

  const take = async (current: RingDocument): Promise<void> => {
    const next = await readWhole(path, allow);
    assertSuccessor(current, next, path);
    told = undefined;
    if (next.revision === current.revision) return;
    const ring = keyringOf(next);
    document = next;
    keyring = ring;
    const outcomes = await Promise.allSettled([...users].map(async (use) => use(ring)));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") tell(errorListeners, notUsedByAll(outcome.reason, path, next));
    }
    tell(changeListeners, ring);
  };
  const reload = async (): Promise<void> => {
    if (!document) return;
    try {
      await take(document);
    } catch (cause) {
      const error = notUsed(cause, path, document);
      const failure = `${identityOf(path)} ${error.message}`;
      if (failure !== told) tell(errorListeners, error);
      told = failure;
      // The file may be good, and the reading of it have failed: of too many open files there is no notification.
      watch?.lookAgain();
    }
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => (reloading = reloading.then(work));

  return {
    load() {
      if (keyring) return keyring;
      assertNotCommitted(path, allow);
      const identity = identityOf(path);
      document = readRing(path, allow).document;
      keyring = keyringOf(document);
      watch = watchFile(path, identity, interval, () => void inTurn(reload));
      return keyring;
    },
    users,
    changeListeners,
    errorListeners,
    async reload() {
      // The watch keeps no process alive; who waits for an answer gets one.
      const waiting = setInterval(() => undefined, PAUSE_MS);
      await inTurn(async () => {
        told = undefined;
        await reload();
      });
      clearInterval(waiting);
    },
    lookEvery(ms) {
      if (ms >= interval) return;
      interval = ms;
      watch?.lookEvery(ms);
    },
  };
}

/** A broken listener, be it asynchronous, must not stop the watch, let alone the process; nor may a slow one. */
function tell<T>(listeners: ReadonlySet<(what: T) => void>, what: T): void {
  void Promise.allSettled([...listeners].map(async (listener) => listener(what)));
}

async function readWhole(path: string, allow: readonly Allowance[]): Promise<RingDocument> {
  for (let attempt = 1; ; attempt++) {
    try {
      return readRing(path, allow).document;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await wait(PAUSE_MS, undefined, { ref: false });
    }
  }
}
