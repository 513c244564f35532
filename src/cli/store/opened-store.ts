import type { MaybePromise } from "../../maybe-promise.js";
import type { RevocationStore } from "../../revocation/store.js";

/** A store that a command opened. */
export interface OpenedStore {
  readonly store: RevocationStore;
  /**
   * Connects, and looks whether there is a list. A store begins one wherever there is none: a mistyped address would
   * get a list of its own, and what is then revoked on it would hold nowhere.
   *
   * @returns whether there is one
   */
  readonly findList: () => Promise<boolean>;
  readonly close: () => MaybePromise<void>;
}
