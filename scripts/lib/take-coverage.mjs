/** For vitest's workers where coverage is measured: they are killed, and would not write theirs by themselves. */
import { takeCoverage } from "node:v8";
import { afterAll } from "vitest";

afterAll(() => takeCoverage());
