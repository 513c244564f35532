import { expect, test } from "vitest";
import { memoryStore, type RevocationStore } from "sealed-session";
import { type ContractHarness, fixedClock, revocationStoreContract } from "sealed-session/testing";

/** What the contract says of a memory store with some of its methods broken, by the case's name. */
async function verdict(broken: Partial<RevocationStore>, name: RegExp): Promise<string> {
  const clock = fixedClock();
  const store = { ...memoryStore({ name: `endless-${process.pid}`, clock: clock.now }), ...broken };
  const harness: ContractHarness = {
    unit: 3_600_000,
    skew: 5 * 60_000,
    open: () => ({ store, another: () => store, now: clock.now, pass: (ms) => void clock.advance(ms) }),
  };
  const found = revocationStoreContract(harness).find((each) => name.test(each.name));
  return found ? found.run().catch((error: Error) => error.message) : "no such case";
}

test("a store whose list or whose pruning has no end fails the contract, rather than keep it running for ever", async () => {
  const page = { entries: [], cursor: "again", more: true, list: "a", all: 0, retention: 0 };
  expect(await verdict({ list: () => page }, /^the list gives every entry once/)).toBe(
    "reading on from each page's cursor comes to an end",
  );
  expect(await verdict({ prune: () => 1 }, /^prune removes what expired/)).toBe(
    "pruning again and again comes to an end",
  );
});
