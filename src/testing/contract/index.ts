import { directoryCases } from "./directory.js";
import { expiryCases } from "./expiry.js";
import { factCases } from "./facts.js";
import { type ContractHarness, type ContractCase, type ContractList, randomSid } from "./harness.js";
import { listingCases } from "./listing.js";
import { reissueCases } from "./reissue.js";

const CASES: readonly ContractCase[] = [
  ...factCases,
  ...reissueCases,
  ...expiryCases,
  ...listingCases,
  ...directoryCases,
];

/** A case bound to a harness, for any test runner. */
export interface ContractTest {
  readonly name: string;
  /**
   * Runs the case on a list of its own.
   * @returns `skipped` when the store does not offer what the case needs (a directory, `watch`, a list that can be lost)
   * @throws Error that says which rule the store broke
   */
  readonly run: () => Promise<"passed" | "skipped">;
}

/**
 * The rules that every revocation store must keep, as tests.
 *
 * @param harness how to make a list to try them on
 * @example
 * test.each(revocationStoreContract(harness))("$name", async ({ run }) => void (await run()));
 */
export function revocationStoreContract(harness: ContractHarness): ContractTest[] {
  return CASES.map(({ name, needs, announces, run }) => ({
    name,
    async run() {
      const list = await harness.open();
      try {
        if (needs && !offers(list, needs)) return "skipped";
        if (!announces) await list.store.announce(100 * harness.unit);
        await run({ ...list, unit: harness.unit, skew: harness.skew, sid: randomSid });
        return "passed";
      } finally {
        await list.close?.();
      }
    },
  }));
}

function offers({ store, lose }: ContractList, needed: NonNullable<ContractCase["needs"]>): boolean {
  return needed === "lose" ? lose !== undefined : store[needed] !== undefined;
}
