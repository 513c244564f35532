import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import { isIn, PARTS } from "./parts.mjs";

const { tests, without = [] } = PARTS[process.env.MUTANTS_PART];

/** In the order of the list. */
class NearestFirst extends BaseSequencer {
  async sort(files) {
    const place = ({ moduleId }) => {
      const file = path.relative(process.cwd(), moduleId);
      return tests.findIndex((entry) => isIn(file, [entry]));
    };
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: tests.map((entry) => (entry.endsWith("/") ? `${entry}**/*.test.ts` : entry)),
    exclude: without,
    // The model runs long: a mutant that lives through some dozens of its stories is worth a nearer test.
    env: { EXPECTED_CIPHER: "node:crypto", MODEL_RUNS: "40", MODEL_SHRINK: "no" },
    setupFiles: ["test/mutants/setup.mjs"],
    // Mutated code is slower, since it holds every mutant; how long one may take is Stryker's affair.
    testTimeout: 60_000,
    sequence: { sequencer: NearestFirst },
    // One process for all files of a run: starting one takes longer than most of the tests in it.
    isolate: false,
    fileParallelism: false,
    server: { deps: { external: [/\/dist\//, /\/node_modules\//] } },
  },
});
