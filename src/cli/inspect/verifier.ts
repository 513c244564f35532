import type { RingView } from "../../seal/ring-view.js";
import type { NamedKey } from "./finding.js";

/** What findings are verified with. */
export interface Verifier {
  readonly ring: RingView;
  readonly now: number;
  /** How far apart any two clocks may be, in ms. */
  readonly skew: number;
  /** What sealers' tokens are for. */
  readonly purpose?: string | undefined;
  /** Whether the data is to be shown. */
  readonly reveal: boolean;
}

/** What the ring says of a key. */
export function keyInRing(id: string, { ring, now }: Verifier): NamedKey {
  const key = ring.find(id);
  return { id, state: key ? ring.state(key, now) : "unknown" };
}
