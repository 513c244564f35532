import type { Keyring } from "../keyring/ring.js";
import type { LiveKeyring } from "../keyring/source.js";
import { type RingView, viewRing } from "./ring-view.js";
import { forgetSecret } from "./token-keys.js";

/**
 * Loads a ring and follows its changes.
 *
 * @param accept is shown every version before it is used, and throws for one that must not be
 * @returns the version of the moment. What belongs together takes it once: it may be another one the next time.
 */
export async function followRing(source: LiveKeyring, accept: (ring: RingView) => void): Promise<() => RingView> {
  let current: RingView | undefined;
  let newest = 0;
  const use = async (keyring: Keyring): Promise<void> => {
    const order = ++newest;
    const next = await viewRing(keyring);
    // A later change may have been indexed faster.
    if (order !== newest) return;
    accept(next);
    for (const { id, secret } of current?.keys ?? []) if (secret && !next.find(id)?.secret) forgetSecret(secret);
    current = next;
  };
  const loading = source.load().then(use);
  // Without waiting for that: a change that comes meanwhile waits, rather than being missed.
  const stop = source.onChange((keyring) => loading.then(() => use(keyring)));
  try {
    await loading;
  } catch (error) {
    stop();
    throw error;
  }
  return () => current as RingView;
}
