import type { RevocationStore } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";
import type { ContractHarness } from "sealed-session/testing";

const MAX_STALENESS = 2;
const LONGER_UNIT = 3_000;

/** The same lists, each asked through copies that are read again after a few milliseconds. */
export function overReplicas({ open, ...harness }: ContractHarness): ContractHarness {
  const options = { maxStaleness: MAX_STALENESS, skew: harness.skew };
  const copyOf = (store: RevocationStore): RevocationStore => replicated(store, options);
  return {
    ...harness,
    // A copy keeps entries a little longer, by the width of its buckets.
    unit: Math.max(harness.unit, LONGER_UNIT),
    async open() {
      const list = await open();
      const { lose } = list;
      const store = copyOf(list.store);
      await whole(store);
      const afterwards = async (): Promise<void> => {
        await lose?.();
        await new Promise((resolve) => setTimeout(resolve, 2 * MAX_STALENESS));
      };
      return {
        ...list,
        store,
        another: async () => copyOf(await list.another()),
        ...(lose && { lose: afterwards }),
      };
    },
  };
}

/** Until it is, the store itself is asked. */
async function whole(copy: RevocationStore): Promise<void> {
  for (;;) {
    await copy.check({ sid: "nobody's" });
    if ((await copy.stats()).copy?.staleness !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, MAX_STALENESS));
  }
}
