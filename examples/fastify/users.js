import { scrypt, timingSafeEqual } from "node:crypto";

/** @typedef {{ id: string, name: string, salt: string, hash: string }} User */

/** @type {User[]} Your database. Ada's password is "difference engine". */
const USERS = [
  {
    id: "1",
    name: "ada",
    salt: "W4LRkFz05qzyedq4XdtonQ",
    hash: "t4xmHBLqMFYLk_Edjl-ObMrCllUxCEAkFZye7X_AbNg",
  },
];

/** Whoever is not there has a password too, which is none: so that both answers take as long. */
const NOBODY = { salt: "bm9ib2R5IGlzIHRoZXJlIQ", hash: "" };

/** A cost that OWASP's password storage cheat sheet names: 16 MB and some 0.2 s for each guess. */
const COST = { N: 2 ** 14, r: 8, p: 5 };

/** @param {string | undefined} id */
export const findUser = (id) => USERS.find((user) => user.id === id);

/**
 * The user with this name and password, if there is one.
 *
 * @param {unknown} name
 * @param {unknown} password as they came in the form
 */
export async function checkPassword(name, password) {
  if (typeof name !== "string" || typeof password !== "string") return undefined;
  const user = USERS.find((known) => known.name === name);
  const { salt, hash } = user ?? NOBODY;
  const derived = await derive(password, salt);
  const expected = Buffer.from(hash, "base64url");
  return expected.length === derived.length && timingSafeEqual(expected, derived) ? user : undefined;
}

/**
 * @param {string} password
 * @param {string} salt 16 random bytes, base64url, of each user's own
 * @returns {Promise<Buffer>} the hash to keep, as base64url
 */
const derive = (password, salt) =>
  new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, "base64url"), 32, COST, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
