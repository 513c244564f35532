/** What scripts/mutants.mjs runs for one part; the command line comes in the environment. */
const { MUTANTS_FILES, MUTANTS_REPORT, MUTANTS_CONCURRENCY, MUTANTS_AFRESH, MUTANTS_BUSY } = process.env;

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutants/vitest.config.mjs", related: false },
  coverageAnalysis: "perTest",
  // The built files: they are what the tests load.
  mutate: MUTANTS_FILES.split(","),
  disableTypeChecks: false,
  ignorePatterns: ["bench", "docs", "examples", "test-results", "test/e2e", "test/runtimes", ".ci"],
  tempDirName: ".stryker-tmp",
  ignoreStatic: MUTANTS_BUSY === "true",
  concurrency: Number(MUTANTS_CONCURRENCY),
  timeoutMS: 5_000,
  // Of what the tests took while their reach was recorded, which slows them down to half.
  timeoutFactor: 0.75,
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: `${MUTANTS_REPORT}.json` },
  incremental: true,
  force: MUTANTS_AFRESH === "true",
  incrementalFile: `${MUTANTS_REPORT}.incremental.json`,
  allowConsoleColors: false,
};
