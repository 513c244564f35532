import { createKeyring, createSealer } from "sealed-session";
import { newBrowser } from "./browser.mjs";
import { equal } from "./expect.mjs";
import { newApplication, visit } from "./visitor.mjs";

/** A plain secret's key id is derived from it; a key of another id stands in a ring. */
const keyringOf = ({ secret, kid }) =>
  secret.startsWith("sealed_key_") ? createKeyring({ keys: [{ id: kid, secret, activateAt: 0 }] }) : secret;

/** Tokens that were sealed once, by `node:crypto` alone, and must open for ever. */
export function vectorChecks({ vectors }) {
  return Object.fromEntries(
    vectors.map((vector) => [
      `test vector: ${vector.title}`,
      () => (vector.purpose === "session" ? opensAsSession(vector) : opensWithSealer(vector)),
    ]),
  );
}

async function opensWithSealer({ purpose, expiry, token, plaintext, ...vector }) {
  const sealer = createSealer({ keyring: keyringOf(vector), purpose, clock: () => expiry });
  equal(await sealer.open(token), JSON.parse(plaintext));
}

async function opensAsSession({ cookieName, plaintext, expiry, token, ...vector }) {
  const { sid, sub, sv = 0, dat } = JSON.parse(plaintext);
  const { sessions } = newApplication(
    { now: expiry },
    {
      name: cookieName,
      keyring: keyringOf(vector),
      schemaVersion: sv,
      remember: { idleTimeout: "7d", absoluteTimeout: "14d" },
    },
  );
  const browser = newBrowser(`__Host-${cookieName}${sub === undefined ? ".guest" : ""}=${token}`);
  const { session } = await visit(sessions, browser);
  equal([session.rejection, session.id, session.subject, session.data], [undefined, sid, sub, dat], "the session");
}
