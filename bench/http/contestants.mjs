/**
 * @typedef {object} Contestant
 * @property {string} library
 * @property {import("../lib/visitors.mjs").Verb} verb
 * @property {Load} load
 *
 * @typedef {"warm" | "cold" | "no cookie"} Load `warm`: the same cookie with each request; `cold`: thousands of them in
 *   turn; `no cookie`: what a visitor without a session sends
 */

/** @param {string} library @param {import("../lib/visitors.mjs").Verb} verb @param {Load[]} loads */
const each = (library, verb, loads = ["warm"]) => loads.map((load) => ({ library, verb, load }));

/** By the file that has them. Who has no session comes first, and is sent the cookies of our sessions. */
export const KINDS = {
  node: [
    ...each("no session", "none", ["warm"]),
    ...each("sealed-session", "read"),
    ...each("no session", "none", ["cold", "no cookie"]),
    ...each("sealed-session", "read", ["cold"]),
    ...each("sealed-session", "renew"),
    ...each("sealed-session", "write"),
    ...each("sealed-session, replica", "read", ["warm", "cold"]),
    ...each("sealed-session, Redis asked", "read"),
    ...each("iron-session 9", "read", ["warm", "cold"]),
    ...each("iron-session 9", "write"),
    ...each("next-auth 4", "read", ["warm", "cold"]),
    ...each("next-auth 4", "write"),
  ],
  express: [
    ...each("no session", "none"),
    ...each("sealed-session", "read"),
    ...each("no session", "none", ["cold"]),
    ...each("sealed-session", "read", ["cold"]),
    ...each("sealed-session", "write"),
    ...each("cookie-session", "read", ["warm", "cold"]),
    ...each("cookie-session", "write"),
    ...each("express-session, memory", "read"),
    ...each("express-session, memory", "write"),
    ...each("express-session, Redis", "read"),
    ...each("express-session, Redis", "write"),
  ],
  fastify: [
    ...each("no session", "none"),
    ...each("sealed-session", "read"),
    ...each("no session", "none", ["cold"]),
    ...each("sealed-session", "read", ["cold"]),
    ...each("sealed-session", "write"),
    ...each("@fastify/secure-session", "read", ["warm", "cold"]),
    ...each("@fastify/secure-session", "write"),
  ],
};
