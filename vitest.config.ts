import path from "node:path";
import { defineConfig } from "vitest/config";

/** The built package is what ships, so it is what is tested: loaded by Node itself, not transformed. */
const server = { deps: { external: [/\/dist\//, /\/node_modules\//] } };

/** Where `npm run coverage` measures: vitest kills its workers, which would not tell what they ran. */
const setupFiles = process.env["NODE_V8_COVERAGE"] ? ["scripts/lib/take-coverage.mjs"] : [];

/** Tests that run the command line, or servers, as processes. */
const COMMAND_LINE = [
  "test/cli/**/*.test.ts",
  "test/drills/**/*.test.ts",
  "test/docs/runbooks.test.ts",
  "test/migration/**/*.test.ts",
  "test/keyring/file/{crash,writers}.test.ts",
  "test/runtimes/*.test.ts",
  "test/starters/**/*.test.ts",
];

/** Tests that need a real Redis or PostgreSQL, or processes on one database file. */
const STORES = [
  "test/revocation/{redis,postgres,sqlite}/**/*.test.ts",
  "test/revocation/cli-stores.test.ts",
  "test/histories/**/*.test.ts",
  "test/soak/**/*.test.ts",
];

/** The test that needs Python. */
const SECOND_READER = ["test/vectors/reader.test.ts"];

/** The tests of what is typed into a shell: it has curl in it. */
const CURL = ["test/docs/getting-started.test.ts", "test/tooling/picture.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node:crypto",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/e2e/**",
            "test/{runtimes,mutants}/node_modules/**",
            ...COMMAND_LINE,
            ...STORES,
            ...SECOND_READER,
            ...CURL,
          ],
          env: { EXPECTED_CIPHER: "node:crypto" },
          server,
          setupFiles,
        },
      },
      {
        test: {
          name: "webcrypto",
          include: [
            "test/{cookies,keyring,seal,session,properties,adapters,iron-session,vectors}/**/*.test.ts",
            "test/attacks/{c01,c02,c08,c13,c18,c19}-*.test.ts",
          ],
          // These use no cipher.
          exclude: [
            "test/keyring/{file,watch}/**",
            "test/properties/{rotation,compact-set}*",
            ...COMMAND_LINE,
            ...SECOND_READER,
          ],
          // The condition by which edge runtimes and Workers pick the other cipher.
          execArgv: ["--conditions=workerd"],
          env: { EXPECTED_CIPHER: "webcrypto" },
          server,
          setupFiles,
        },
      },
      {
        test: {
          name: "command line",
          include: COMMAND_LINE,
          globalSetup: ["test/runtimes/setup.ts"],
          // Processes by the hundred: after what needs the processor for itself.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          server,
          setupFiles,
        },
      },
      {
        test: {
          name: "stores",
          include: STORES,
          // Services and processes, as the command line's.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          server,
          setupFiles,
        },
      },
      {
        test: {
          name: "second reader",
          include: SECOND_READER,
        },
      },
      {
        test: {
          name: "curl",
          include: CURL,
          // It is called by its name, as in the commands that are tried.
          env: {
            PATH: [path.dirname(process.env["CURL_PATH"] ?? "/usr/bin/curl"), process.env["PATH"]].join(path.delimiter),
          },
          sequence: { groupOrder: 1 },
          server,
          setupFiles,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/support/demo.ts"],
          // After the rest, which would take the processor from the browser.
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          server,
          setupFiles,
        },
      },
    ],
  },
});
