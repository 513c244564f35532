import { expect, test } from "vitest";
import { replicated } from "sealed-session/revocation/replicated";
import { type ContractHarness, fixedClock, revocationStoreContract } from "sealed-session/testing";
import { deleteDatabase, newPath, openStore } from "./support/files.js";

const SKEW = 5 * 60_000;

const harness: ContractHarness = {
  unit: 3_600_000,
  skew: SKEW,
  open() {
    const file = newPath();
    const clock = fixedClock();
    const open = () => replicated(openStore(file, { clock: clock.now }), { maxStaleness: 1, clock: clock.now });
    return {
      store: open(),
      another: open,
      now: clock.now,
      pass: (ms) => void clock.advance(ms),
      lose: () => deleteDatabase(file),
    };
  },
};

test.each(revocationStoreContract(harness))(
  "a copy of an SQLite list keeps the contract: $name",
  async ({ name, run }) => {
    expect(await run()).toBe(name.startsWith("watchers") ? "skipped" : "passed");
  },
);
