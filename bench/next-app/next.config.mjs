import path from "node:path";

/** The library is linked from the repository's root. */
const root = path.join(import.meta.dirname, "../..");

export default { outputFileTracingRoot: root, turbopack: { root } };
