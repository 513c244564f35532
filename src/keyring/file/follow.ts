import { setTimeout as wait } from "node:timers/promises";
import type { RingDocument } from "../rotation/document.js";
import { keyringOf } from "../rotation/document.js";
import type { Keyring } from "../ring.js";
import { KeyringProblem } from "../problem.js";
import { formatRingFile } from "./document.js";
import { assertNotCommitted } from "./git.js";
import { readRing } from "./read.js";
import type { Allowance } from "./safe-read.js";
import { watchFile } from "./watch.js";

type ChangeListener = (ring: Keyring) => void | Promise<void>;
type ErrorListener = (error: Error) => void;

/** A ring file that is read once per process and read again when it changes. */
export interface FollowedFile {
  load(): Keyring;
  readonly changeListeners: Set<ChangeListener>;
  readonly errorListeners: Set<ErrorListener>;
  /** Looks at the file now rather than at its next change. */
  reload(): Promise<void>;
}

/** Half-written files are whole soon; a file that is replaced by hand may be missing for a moment. */
const ATTEMPTS = 6;
const PAUSE_MS = 100;

/** @param interval how often to look for changes that no notification told, in ms */
export function followFile(path: string, allow: readonly Allowance[], interval: number): FollowedFile {
  const changeListeners = new Set<ChangeListener>();
  const errorListeners = new Set<ErrorListener>();
  let document: RingDocument | undefined;
  let keyring: Keyring | undefined;
  let reloading = Promise.resolve();

  const report = (error: unknown): void => {
    for (const listener of errorListeners) {
      try {
        listener(error as Error);
      } catch {
        // A broken log must not stop the watch.
      }
    }
  };
  const take = async (): Promise<void> => {
    if (!document) return;
    const next = await readWhole(path, allow);
    assertSuccessor(document, next, path);
    if (next.revision === document.revision) return;
    document = next;
    keyring = keyringOf(next);
    const results = await Promise.allSettled(
      [...changeListeners].map(async (listener) => listener(keyring as Keyring)),
    );
    for (const result of results) if (result.status === "rejected") report(result.reason);
  };
  const reload = (): Promise<void> => {
    reloading = reloading.then(take).catch(report);
    return reloading;
  };

  return {
    load() {
      if (keyring) return keyring;
      assertNotCommitted(path, allow);
      document = readRing(path, allow).document;
      keyring = keyringOf(document);
      watchFile(path, interval, () => void reload());
      return keyring;
    },
    changeListeners,
    errorListeners,
    reload,
  };
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

/** What is not a later version of the ring in use is a mistake, or a rollback; neither may sign anybody out. */
function assertSuccessor(current: RingDocument, next: RingDocument, path: string): void {
  const stays = "The ring in use stays in use";
  if (next.ringId !== current.ringId) {
    throw new KeyringProblem(
      "refused",
      `${path} now holds another ring (${next.ringId}, not ${current.ringId})`,
      `${stays}. If it is meant, restart`,
    );
  }
  if (next.revision < current.revision) {
    throw new KeyringProblem(
      "refused",
      `${path} went back from revision ${current.revision} to ${next.revision}`,
      `${stays}. If it is meant, restart`,
    );
  }
  const same = (ring: RingDocument): string => formatRingFile({ document: ring, audit: undefined });
  if (next.revision === current.revision && same(next) !== same(current)) {
    throw new KeyringProblem(
      "refused",
      `${path} was changed without a new revision`,
      `${stays}. Change it by the command line, or raise its revision`,
    );
  }
}
