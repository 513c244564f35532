/* Sessions as a `Cookie` header carries them. */
import { DAY, HOUR, K1, MINUTE, NOW, RING, SECOND, tokenOf } from "./forge.mjs";

export const NAME = "app";
export const USER = `__Host-${NAME}`;
export const GUEST = `${USER}.guest`;
export const SEEN = `${USER}.seen`;
/** 128 bits that nobody would take for random. */
export const SID = "AAECAwQFBgcICQoLDA0ODw";
export const OTHER_SID = "EBESExQVFhcYGRobHB0eHw";
export const SUBJECT = "user-42";

/** The plaintext of a session that began at NOW, with changed members; `undefined` leaves one out. */
export const payloadOf = (changes = {}) =>
  JSON.stringify({
    sid: SID,
    sub: SUBJECT,
    iat: NOW,
    max: DAY / SECOND,
    ren: undefined,
    idl: undefined,
    per: undefined,
    gen: "0.0",
    kids: undefined,
    sv: undefined,
    dat: { a: 1 },
    ...changes,
  });
/** What makes it a guest's. */
export const AS_GUEST = { sub: undefined, gen: "0" };

/** @param options.members changes the plaintext's members; `plaintext` gives it whole */
export const sessionToken = ({ members, plaintext = payloadOf(members), ...options }) =>
  tokenOf({ purpose: "session", cookieName: NAME, plaintext, expiry: NOW + HOUR, ...options });

const TIMEOUTS = {
  "idle-timeout": HOUR,
  "absolute-timeout": DAY,
  "remember-idle-timeout": 7 * DAY,
  "remember-absolute-timeout": 14 * DAY,
  skew: 5 * MINUTE,
};
/** What a session tells whoever opens it, where the file does not say otherwise. */
const OUTCOME = {
  sid: SID,
  subject: SUBJECT,
  data: '{"a":1}',
  issued: NOW,
  "last-seen": NOW,
  deadline: NOW + HOUR,
  lineage: K1.id,
};

/**
 * A file about the session of a request.
 *
 * @param headers changes the set-up and the outcome; `undefined` leaves one out
 * @param cookies the request's, each as `name=value`
 */
export function sessionFile(path, about, expect, headers, cookies) {
  const setUp = { keyring: RING, name: NAME, now: NOW + MINUTE, ...TIMEOUTS };
  const all = { about, expect, kind: "session", ...setUp, ...(expect === "open" && OUTCOME), ...headers };
  return { path, headers: all, body: cookies.join("\n") };
}

/** A file about one session in one cookie. */
export function oneSession(expect, name, about, { members, plaintext, key, expiry, cookie = USER, ...headers } = {}) {
  const path = `sessions/${expect.replace("_", "-")}-${name}`;
  const token = sessionToken({ path, members, plaintext, key, expiry });
  return sessionFile(path, about, expect, headers, [`${cookie}=${token}`]);
}
