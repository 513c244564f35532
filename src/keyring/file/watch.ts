import { type BigIntStats, type FSWatcher, statSync, watch } from "node:fs";
import nodePath from "node:path";

/** A file that is being watched. */
export interface FileWatch {
  /** From now on looks at least so often, in ms. */
  lookEvery(interval: number): void;
  /** Lets the next look by the timer count as a change, whatever it finds: the last change could not be used. */
  lookAgain(): void;
}

/** Editors and copies write in several steps. */
const SETTLE_MS = 50;
/** A timer of more than that fires at once, and all the time. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Calls `changed` when a file may have changed: written in place, replaced, or led elsewhere by a symbolic link, as a
 * Kubernetes mount is. Notifications come at once where the file system has them (network mounts have none, and one
 * may get lost); a look at the file every `interval` ms does not depend on them. Keeps no process alive.
 *
 * @param identity what `identityOf` said before the file was read: what changed since counts
 */
export function watchFile(path: string, identity: string, interval: number, changed: () => void): FileWatch {
  let seen: string | undefined = identity;
  let again = false;
  let settling: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    settling = undefined;
    renewNotifications();
    const now = identityOf(path);
    if (now === seen) return;
    seen = now;
    changed();
  };
  // Not put off by the next one: in a busy folder, one that holds logs, there is always a next one.
  const renewNotifications = notifications(nodePath.dirname(path), () => {
    settling ??= setTimeout(look, SETTLE_MS).unref();
  });
  const lookEvery = (ms: number): void => {
    clearInterval(timer);
    timer = setInterval(
      () => {
        if (again) seen = undefined;
        again = false;
        look();
      },
      Math.min(ms, LONGEST_TIMER),
    ).unref();
  };
  lookEvery(interval);
  look();
  return { lookEvery, lookAgain: () => void (again = true) };
}

/**
 * Notifications from a folder, not from the file: what replaces a file is another one.
 *
 * @returns to be called now and then: listens to the folder that has the name by now, if it is another one
 */
function notifications(folder: string, notified: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let watched: string | undefined;
  const close = (): void => {
    watcher?.close();
    watched = undefined;
  };
  return () => {
    const now = describe(folder, ({ dev, ino, birthtimeNs }) => [dev, ino, birthtimeNs]);
    if (now === watched) return;
    close();
    try {
      watcher = watch(folder, { persistent: false }, notified);
      watcher.on("error", close);
      watched = now;
    } catch {
      // The folder is not there, or the system's limit is reached: the timer goes on, and tries again.
    }
  };
}

/** Differs after every change; the file itself counts where the path is a symbolic link. */
export function identityOf(path: string): string {
  return describe(path, ({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs]);
}

function describe(path: string, parts: (stats: BigIntStats) => readonly bigint[]): string {
  try {
    return parts(statSync(path, { bigint: true })).join();
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
