import type { RevocationStore } from "sealed-session";
import { newList } from "../../revocation/replicated-world.js";
import { Gates } from "../../support/gates.js";

/**
 * A list whose answers take their time, to hold a request between the moment at which its session was found alive and
 * the moment at which it is written.
 */
export function slowStore(clock: () => number) {
  const gates = new Gates();
  const inner = newList({ now: clock });
  let holding = false;
  const store: RevocationStore = {
    ...inner,
    async check(query) {
      const facts = await inner.check(query);
      if (holding) {
        holding = false;
        await gates.pass("answered");
      }
      return facts;
    },
  };
  return {
    store,
    /** The next check's answer is held back, and only that one's. */
    hold(): void {
      holding = true;
      gates.close("answered");
    },
    held: () => gates.reached("answered"),
    release: () => gates.open("answered"),
  };
}
