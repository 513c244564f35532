import { expect, test } from "vitest";
import { type ContractHarness, fixedClock, revocationStoreContract } from "sealed-session/testing";
import { replicated } from "../../dist/revocation/replicated/index.js";
import { HOUR, newList, onWire, SKEW } from "./replicated-world.js";

/** At once, and over a wire that takes its time. */
const harnesses: [string, (inner: ReturnType<typeof newList>) => ReturnType<typeof newList>][] = [
  ["a store that answers at once", (inner) => inner],
  [
    "a store on a wire",
    (inner) => ({ ...onWire(inner).store, watch: inner.watch, directory: inner.directory }) as never,
  ],
];

for (const [name, connect] of harnesses) {
  const harness: ContractHarness = {
    unit: HOUR,
    skew: SKEW,
    open() {
      const [clock, steady] = [fixedClock(), fixedClock(0)];
      const inner = newList(clock);
      const open = () => replicated(connect(inner), { clock: clock.now, monotonicClock: steady.now });
      return {
        store: open(),
        another: open,
        now: clock.now,
        pass(ms) {
          clock.advance(ms);
          steady.advance(ms);
        },
      };
    },
  };

  test.each(revocationStoreContract(harness))(`replicated over ${name} keeps the contract: $name`, async ({ run }) => {
    expect(["passed", "skipped"]).toContain(await run());
  });
}
