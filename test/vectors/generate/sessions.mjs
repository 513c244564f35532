/* Sessions: their place, their deadlines, their lineage. */
import {
  DAY,
  HOUR,
  K1,
  K2,
  kidOf,
  keyField,
  keysOf,
  MINUTE,
  NOW,
  PLAIN_SECRET,
  ringOf,
  SECOND,
  tokenOf,
} from "./forge.mjs";
import { AS_GUEST, GUEST, NAME, oneSession, sessionFile, SID, USER } from "./cookies.mjs";
import { FIRST_SECRET } from "./tokens.mjs";

const opens = (...args) => oneSession("open", ...args);

/** Sealed once and in use, as those of the tokens. */
function first(name, about, { key, keyring, step, plaintext, expiry, cookie, ...outcome }) {
  const iv = Buffer.from(Array.from({ length: 16 }, (_, index) => index * step));
  const token = tokenOf({ plaintext, key, purpose: "session", cookieName: NAME, iv, expiry });
  const keys = keysOf(key, "session", NAME);
  const hexKeys = {
    "encryption-key": keys.encryption.toString("hex"),
    "integrity-key": keys.integrity.toString("hex"),
  };
  return sessionFile(
    `sessions/${name}`,
    about,
    "open",
    { keyring, now: expiry, deadline: expiry, ...hexKeys, ...outcome },
    [`${cookie}=${token}`],
  );
}
const FIRST_KEY = { id: "k_2026", secret: FIRST_SECRET };
const two = (more) => ringOf(keyField(K1), keyField(K2, { activate: 1, ...more }));
/** k1 seals since forty days, so that k2 may have retired. */
const successor = (more) => ringOf(keyField(K1, { activate: NOW - 40 * DAY }), keyField(K2, more));

export const sessions = [
  first("open-first-guest", "A guest's session, under its cookie's name", {
    key: { id: kidOf(PLAIN_SECRET), secret: PLAIN_SECRET },
    keyring: PLAIN_SECRET,
    step: 13,
    plaintext: `{"sid":"${SID}","iat":1767225600000,"max":86400,"gen":"0","dat":{"user":{"id":1}}}`,
    expiry: 1_767_229_200_000,
    cookie: GUEST,
    subject: undefined,
    data: '{"user":{"id":1}}',
    lineage: kidOf(PLAIN_SECRET),
  }),
  first("open-first-user", "A signed-in session with everything that can be in it", {
    key: FIRST_KEY,
    keyring: ringOf(keyField(FIRST_KEY)),
    step: 17,
    plaintext:
      '{"sid":"EBESExQVFhcYGRobHB0eHw","sub":"user-42","iat":1767225600000,"max":1209600,"ren":90,"idl":604800,"per":1,"gen":"0.mjuwv1c0","kids":["k1"],"sv":3,"dat":{"cart":["x"]}}',
    expiry: 1_767_830_490_000,
    cookie: USER,
    "schema-version": 3,
    sid: "EBESExQVFhcYGRobHB0eHw",
    data: '{"cart":["x"]}',
    "last-seen": NOW + 90 * SECOND,
    lineage: "k1 k_2026",
  }),
  opens("user", "A signed-in session"),
  opens("guest", "A guest's session", { members: AS_GUEST, cookie: GUEST, subject: undefined }),

  oneSession("misplaced", "guest-as-user", "A guest's session in a signed-in one's cookie", { members: AS_GUEST }),
  oneSession("misplaced", "user-as-guest", "A signed-in session in a guest's cookie", { cookie: GUEST }),

  opens("at-the-idle-deadline", "The idle deadline itself is within", { now: NOW + HOUR }),
  oneSession("idle", "one-ms-later", "One millisecond after the idle deadline", { now: NOW + HOUR + 1 }),
  opens("at-the-absolute-deadline", "The absolute deadline itself is within", {
    members: { max: 600 },
    now: NOW + 10 * MINUTE,
    deadline: NOW + 10 * MINUTE,
  }),
  oneSession("expired", "one-ms-later", "One millisecond after the absolute deadline", {
    members: { max: 600 },
    now: NOW + 10 * MINUTE + 1,
  }),
  opens("begun-ahead-within-the-skew", "Begun by a clock that is ahead by the skew", { now: NOW - 5 * MINUTE }),
  oneSession("premature", "one-ms-beyond-the-skew", "Begun a millisecond further ahead than the skew", {
    now: NOW - 5 * MINUTE - 1,
  }),
  opens("sealed-later", "Sealed again after ten minutes: the idle timeout counts from there", {
    members: { ren: 600 },
    expiry: NOW + 70 * MINUTE,
    now: NOW + 70 * MINUTE,
    "last-seen": NOW + 10 * MINUTE,
    deadline: NOW + 70 * MINUTE,
  }),
  oneSession("idle", "shortened-since", "An idle timeout that was shortened since the sealing binds", {
    "idle-timeout": 10 * MINUTE,
    now: NOW + 10 * MINUTE + 1,
  }),
  opens("shortened-since", "Within the shortened idle timeout", {
    "idle-timeout": 10 * MINUTE,
    now: NOW + 10 * MINUTE,
    deadline: NOW + 10 * MINUTE,
  }),
  oneSession("idle", "lengthened-since", "An idle timeout that was lengthened since does not", {
    "idle-timeout": 2 * HOUR,
    now: NOW + HOUR + 1,
  }),
  oneSession("expired", "shortened-since", "An absolute timeout that was shortened since the sealing binds", {
    "absolute-timeout": HOUR,
    members: { ren: 3_000 },
    expiry: NOW + 110 * MINUTE,
    now: NOW + HOUR + 1,
  }),
  opens("own-idle-timeout", "A login's own idle timeout, longer than the usual", {
    members: { idl: 7_200 },
    expiry: NOW + 2 * HOUR,
    now: NOW + 2 * HOUR,
    deadline: NOW + 2 * HOUR,
  }),
  oneSession(
    "idle",
    "own-timeout-above-what-may-be-asked-for",
    "A login's own idle timeout is held to the longest that one may ask for today",
    {
      members: { idl: 7_200 },
      expiry: NOW + 2 * HOUR,
      "remember-idle-timeout": 90 * MINUTE,
      now: NOW + 90 * MINUTE + 1,
    },
  ),
  oneSession("idle", "own-timeout-shorter", "A login's own idle timeout, shorter than the usual", {
    members: { idl: 600 },
    expiry: NOW + HOUR,
    now: NOW + 10 * MINUTE + 1,
  }),

  opens("lineage", "Data that came through another key", {
    members: { kids: ["k2"] },
    keyring: two(),
    lineage: "k2 k1",
  }),
  opens("lineage-unknown", "Data that came through a key which the ring no longer has", {
    members: { kids: ["k2"] },
    lineage: "k2 k1",
  }),
  opens("lineage-retired", "Data that came through a key which is retired", {
    members: { kids: ["k2"] },
    keyring: successor({ retire: NOW }),
    lineage: "k2 k1",
  }),
  oneSession("key_revoked", "lineage", "Data that came through a key which is revoked", {
    members: { kids: ["k2"] },
    keyring: two({ revoked: NOW }),
  }),
  oneSession("key_revoked", "lineage-destroyed", "Data that came through a key which was revoked and destroyed", {
    members: { kids: ["k2"] },
    keyring: ringOf(keyField(K1), keyField({ id: "k2" }, { revoked: NOW })),
  }),
  oneSession("key_revoked", "lineage-and-idle", "A revoked key comes before a deadline", {
    members: { kids: ["k2"] },
    keyring: two({ revoked: NOW }),
    now: NOW + HOUR + 1,
  }),
  oneSession("unknown_key", "session", "A session of a key that the ring does not have", { key: K2 }),
  oneSession("key_revoked", "session", "A session of a key that is revoked", {
    key: K2,
    keyring: two({ revoked: NOW }),
  }),
];
