import { createRequire } from "node:module";

/**
 * Loads a peer that has no types, or whose types change those of others: next-auth's bring Next.js' into the whole
 * repository, and @fastify/secure-session's declare the `request.session` that ours declare.
 */
export const load = createRequire(import.meta.url) as (name: string) => unknown;
