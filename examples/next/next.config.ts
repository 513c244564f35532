import path from "node:path";
import type { NextConfig } from "next";

/** The package under development is linked from the repository's root; an application of its own needs neither line. */
const root = path.join(import.meta.dirname, "../..");

const config: NextConfig = {
  outputFileTracingRoot: root,
  turbopack: { root },
};

export default config;
