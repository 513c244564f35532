import path from "node:path";
import type { NextConfig } from "next";

const root = path.join(import.meta.dirname, "../../..");

const config: NextConfig = {
  cacheComponents: true,
  partialPrefetching: true,
  outputFileTracingRoot: root,
  turbopack: { root },
};

export default config;
