import type { RevocationStore } from "../store.js";

/** At most so often, in ms, does a store's word that the list has changed lead to a refresh. */
const LEAST_GAP = 20;

/** Listens to a store that tells when its list has changed. */
export interface Listener {
  /** Subscribes, unless it has: to be called now and then, for a subscription that failed is tried again. */
  listen(): void;
  stop(): void;
}

/**
 * @param refresh is called soon after a change: once for many of them
 * @returns the listener; its timer keeps no process alive
 */
export function newListener(store: RevocationStore, refresh: () => void): Listener {
  let subscription: Promise<() => void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  let stopped = false;
  const wake = (): void => {
    if (stopped) return;
    again = timer !== undefined;
    if (again) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) wake();
    }, LEAST_GAP);
    (timer as { unref?(): void }).unref?.();
    refresh();
  };
  return {
    listen() {
      if (stopped || subscription || !store.watch) return;
      const begun = Promise.resolve().then(() => store.watch?.(wake) ?? (() => undefined));
      subscription = begun;
      // Only a hint is lost.
      begun.catch(() => (subscription = undefined));
    },
    stop() {
      stopped = true;
      subscription?.then(
        (unsubscribe) => unsubscribe(),
        () => undefined,
      );
    },
  };
}
