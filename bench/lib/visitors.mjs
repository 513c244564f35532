import assert from "node:assert/strict";
import { cookieHeader, visit } from "./visit.mjs";

/*
 * What a server under load does, by its verb:
 *
 * none   answers the same without a session
 * read   answers with the session's data, and sets no cookie
 * renew  reads, and moves the idle deadline by the cookie `.seen`
 * write  counts the visit in the session, and stores it
 *
 * A server also has an address that begins a session, told from others by its number: `/login?visitor=7`; and `/usage`,
 * which tells what the process has used of the processor.
 */

/** @typedef {"none" | "read" | "renew" | "write"} Verb */

/**
 * Signs visitors in.
 *
 * @param {string} login the address
 * @param {number} count
 * @returns {Promise<string[]>} their `Cookie` headers
 */
export async function signIn(login, count) {
  const cookies = [];
  for (let visitor = 0; visitor < count; visitor++) {
    const { status, setCookie, body } = await visit(`${login}?visitor=${visitor}`);
    assert.equal(status, 200, body);
    const cookie = cookieHeader(setCookie);
    assert.notEqual(cookie, "", `${login} set no cookie`);
    cookies.push(cookie);
  }
  return cookies;
}

/**
 * Makes sure that a request is answered from its session, by what the response says and sets.
 *
 * @param {string} url what is measured
 * @param {{ verb: Verb, visitor: number, cookie: string | undefined, view: object }} expected `view`: what the response
 *   says of the session's data, but for `visitor` and `visits`
 * @returns {Promise<number>} the response's bytes
 * @throws AssertionError
 */
export async function assertVisit(url, { verb, visitor, cookie, view }) {
  const answer = await visit(url, cookie);
  assert.equal(answer.status, 200, answer.body);
  const { visits, ...said } = JSON.parse(answer.body);
  assert.deepEqual(said, { ...view, visitor: verb === "none" ? 0 : visitor });
  const names = answer.setCookie.map((line) => line.slice(0, line.indexOf("=")));
  if (verb === "none" || verb === "read") {
    assert.equal(visits, 0);
    assert.deepEqual(names, [], "a cookie is set by a request that only reads");
  } else if (verb === "renew") {
    assert.equal(visits, 0);
    assert.equal(names.length, 1, "a renewal sets one cookie");
    assert.match(names[0], /\.seen$/);
  } else {
    const own = cookie?.slice(0, cookie.indexOf("=")) ?? "";
    assert.ok(names.includes(own), `${own} is not set by a request that writes`);
    const again = await visit(url, cookieHeader(answer.setCookie, cookie));
    assert.equal(JSON.parse(again.body).visits, visits + 1, "what a request writes, the next one reads");
  }
  return answer.bytes;
}
