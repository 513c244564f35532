import type { Duration } from "../../duration.js";
import { KeyringProblem } from "../problem.js";
import { type KeyringPolicy, resolvePolicy } from "../ring.js";
import type { Change, RingDocument } from "./document.js";
import { settle } from "./settle.js";

/**
 * Changes rules of the policy; the others stay.
 *
 * @throws KeyringProblem for a shorter absoluteTimeout: cookies that were sealed under the longer one are still alive
 */
export function changePolicy(
  ring: RingDocument,
  rules: { readonly [Rule in keyof KeyringPolicy]?: Duration },
  now: number,
): Change {
  const policy = resolvePolicy({ ...ring.policy, ...rules });
  if (policy.absoluteTimeout < ring.policy.absoluteTimeout) {
    throw new KeyringProblem(
      "refused",
      "The policy's absoluteTimeout cannot be lowered: keys would retire under cookies that were sealed before",
      "Lower the session manager's absoluteTimeout instead; that needs no change here",
    );
  }
  return settle(ring, { document: { ...ring, policy }, verb: "policy", keys: [] }, now);
}
