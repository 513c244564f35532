import { describe, expect, test } from "vitest";
import { type ContractHarness, revocationStoreContract } from "sealed-session/testing";
import { fixedClock } from "../../support/sessions.js";
import { deleteDatabase, newPath, openDatabase, openStore } from "./support/files.js";

const HOUR = 3_600_000;
const SKEW = 5 * 60_000;
const TABLES = ["list", "entries", "used", "sign_ins"];

/** What all of them have in common: a clock that can be moved, and two stores. */
function listOn(source: () => Parameters<typeof openStore>[0], lose: () => void) {
  const clock = fixedClock();
  const open = () => openStore(source(), { clock: clock.now });
  const pass = (ms: number): void => {
    clock.advance(ms);
  };
  return { store: open(), another: open, now: clock.now, pass, lose };
}

const HARNESSES: Record<string, () => ReturnType<ContractHarness["open"]>> = {
  "a path": () => {
    const file = newPath();
    return listOn(
      () => file,
      () => deleteDatabase(file),
    );
  },
  "databases that were handed in, one a store": () => {
    const file = newPath();
    return listOn(() => openDatabase(file), dropTables(file));
  },
  "one database that was handed in to all": () => {
    const file = newPath();
    const database = openDatabase(file);
    return listOn(() => database, dropTables(file));
  },
};

function dropTables(file: string): () => void {
  return () => {
    for (const table of TABLES) openDatabase(file).exec(`DROP TABLE IF EXISTS sealed_session_${table}`);
  };
}

describe.each(Object.entries(HARNESSES))("the contract, with %s", (_name, open) => {
  test.each(revocationStoreContract({ open, unit: HOUR, skew: SKEW }))("$name", async ({ name, run }) => {
    expect(await run()).toBe(name.startsWith("watchers") ? "skipped" : "passed");
  });
});
