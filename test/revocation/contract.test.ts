import { expect, test } from "vitest";
import { memoryStore } from "sealed-session";
import { type ContractHarness, fixedClock, revocationStoreContract } from "sealed-session/testing";

let count = 0;

const memory: ContractHarness = {
  unit: 3_600_000,
  skew: 5 * 60_000,
  open() {
    const clock = fixedClock();
    const name = `contract-${process.pid}-${++count}`;
    const open = () => memoryStore({ name, clock: clock.now });
    return { store: open(), another: open, now: clock.now, pass: (ms) => void clock.advance(ms) };
  },
};

test.each(revocationStoreContract(memory))("memoryStore keeps the contract: $name", async ({ run }) => {
  // Nothing else tells that its list was lost than the end of its process.
  expect(["passed", "skipped"]).toContain(await run());
});
