import type { RevocationStore } from "sealed-session";

const fail = (): never => {
  throw new Error("down");
};

/** A revocation list that answers nothing. */
export const brokenStore: RevocationStore = {
  check: fail,
  issue: fail,
  regenerate: fail,
  revokeSession: fail,
  revokeSubject: fail,
  revokeAll: fail,
  revokeKeys: fail,
  useOnce: fail,
  announce: fail,
  list: fail,
  stats: fail,
  prune: fail,
  close: fail,
};
