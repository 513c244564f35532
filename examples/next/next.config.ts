import path from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The package under development is linked from the repository's root; an application of its own needs neither line.
  outputFileTracingRoot: path.join(import.meta.dirname, "../.."),
  turbopack: { root: path.join(import.meta.dirname, "../..") },
};

export default config;
