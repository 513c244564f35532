import { statSync, watch } from "node:fs";
import nodePath from "node:path";

/** Editors and copies write in several steps: the last one counts. */
const SETTLE_MS = 50;

/**
 * Calls `changed` when a file may have changed: written in place, replaced, or led elsewhere by a symbolic link, as a
 * Kubernetes mount is. Notifications come at once where the file system has them (network mounts have none, and one
 * may get lost); a look at the file every `interval` ms does not depend on them. Keeps no process alive.
 */
export function watchFile(path: string, interval: number, changed: () => void): void {
  let seen = identityOf(path);
  let settling: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = identityOf(path);
    if (now === seen) return;
    seen = now;
    changed();
  };
  const notified = (): void => {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS).unref();
  };
  setInterval(look, interval).unref();
  watchFolder(nodePath.dirname(path), notified);
}

/** The folder, not the file: what replaces a file is another one. */
function watchFolder(folder: string, notified: () => void): void {
  try {
    const watcher = watch(folder, { persistent: false }, notified);
    // The folder was removed, or the system's limit is reached.
    watcher.on("error", () => watcher.close());
  } catch {
    // No notifications here: the timer goes on.
  }
}

/** Differs after every change; the file itself counts where the path is a symbolic link. */
function identityOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
