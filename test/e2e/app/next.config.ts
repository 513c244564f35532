import path from "node:path";
import type { NextConfig } from "next";

const root = path.join(import.meta.dirname, "../../..");

const config: NextConfig = {
  outputFileTracingRoot: root,
  turbopack: { root },
};

export default config;
