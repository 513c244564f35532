/**
 * What is mutated, part by part, and the tests that have to kill the mutants of each: the nearest first, since a mutant
 * is done with at the first test that fails. A path that ends with a slash is a folder with everything below it. A file
 * that lies in two parts belongs to the one with the longer name.
 *
 * `without`: tests that start processes, in which no mutant lives. `unmeasured`: sources that only real services run.
 * `busy`: it goes on after a test has ended. Stryker takes what runs then for the loading of a module, after which
 * every test would have to run; so mutants that are reached by no test, but while a module is loaded, are left out.
 */
export const PARTS = {
  "src/seal": {
    tests: [
      "test/seal/",
      "test/properties/seal.test.ts",
      "test/properties/ciphers.test.ts",
      "test/properties/peers.test.ts",
      "test/iron-session/salts.test.ts",
      "test/iron-session/side-by-side.test.ts",
    ],
  },
  "src/cookies": {
    tests: [
      "test/cookies/",
      "test/adapters/header-jar.test.ts",
      "test/adapters/node.test.ts",
      "test/adapters/web.test.ts",
      "test/adapters/duplicates.test.ts",
      "test/session/duplicates.test.ts",
      "test/session/long-header.test.ts",
    ],
  },
  "src/keyring": {
    tests: [
      // Before whatever makes keys: an id that is always taken would keep it for ever.
      "test/keyring/rotation/generate.test.ts",
      "test/keyring/import.test.ts",
      "test/keyring/policy.test.ts",
      "test/keyring/retirement.test.ts",
      "test/keyring/ring.test.ts",
      "test/keyring/rotation/",
      "test/keyring/sealing-key.test.ts",
      "test/keyring/states.test.ts",
      "test/keyring/strength.test.ts",
      "test/keyring/text.test.ts",
      "test/keyring/file/document.test.ts",
      "test/keyring/secrets.test.ts",
      "test/properties/keyring.test.ts",
      "test/session/retirement.test.ts",
      "test/session/ring-change.test.ts",
    ],
  },
  "src/keyring/file": {
    tests: [
      "test/keyring/file/",
      "test/keyring/import.test.ts",
      // Before those that wait for a notification: a mutant that sends none would keep each of them waiting.
      "test/keyring/watch/looking.test.ts",
      "test/keyring/watch/",
    ],
    without: [
      "test/keyring/file/crash.test.ts",
      "test/keyring/file/writers.test.ts",
      "test/keyring/watch/process.test.ts",
    ],
  },
  "src/session": {
    tests: [
      "test/session/",
      "test/seal/session-token.test.ts",
      "test/seal/hostile-payload.test.ts",
      "test/seal/ring-change.test.ts",
      "test/cookies/size.test.ts",
      "test/testing/session-cookie.test.ts",
      "test/races/",
      "test/model/",
    ],
  },
  "src/revocation": {
    unmeasured: ["src/revocation/redis", "src/revocation/postgres"],
    tests: [
      "test/revocation/memory-warned.test.ts",
      "test/revocation/memory-list.test.ts",
      "test/revocation/memory.test.ts",
      "test/revocation/recent.test.ts",
      "test/revocation/sharing.test.ts",
      "test/revocation/contract.test.ts",
      "test/revocation/replicated-contract.test.ts",
    ],
  },
  "src/revocation/replicated": {
    busy: true,
    tests: [
      "test/revocation/segment.test.ts",
      "test/revocation/replica-copy.test.ts",
      "test/revocation/replica-refresh.test.ts",
      "test/revocation/replica-follower.test.ts",
      "test/revocation/replica-changes.test.ts",
      "test/revocation/replicated-given.test.ts",
      "test/revocation/replica-parts.test.ts",
      "test/revocation/compact-set-segments.test.ts",
      "test/revocation/compact-set.test.ts",
      "test/revocation/replicated.test.ts",
      "test/revocation/replicated-copy.test.ts",
      "test/revocation/replicated-contract.test.ts",
      "test/revocation/replicated-loading.test.ts",
      "test/revocation/replicated-schedules.test.ts",
      "test/properties/compact-set.test.ts",
    ],
  },
  "src/revocation/sqlite": {
    tests: ["test/revocation/sqlite/"],
    without: ["test/revocation/sqlite/processes.test.ts"],
  },
};

/** Whether a file is one that these paths name, or lies in a folder of theirs. */
export const isIn = (file, places) =>
  places.some((place) => file === place || file.startsWith(place.replace(/\/?$/, "/")));
