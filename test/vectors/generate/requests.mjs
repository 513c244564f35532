/* What a request's cookies come to: several values of a name, names that are not ours. */
import { big, chunksOf } from "./chunks.mjs";
import { AS_GUEST, GUEST, OTHER_SID, sessionFile, sessionToken, USER } from "./cookies.mjs";
import { K1, K2, keyField, NOW, ringOf, SECOND } from "./forge.mjs";

const request = (expect, name, about, make, headers = {}) => {
  const path = `requests/${expect}-${name}`;
  return sessionFile(path, about, expect, headers, make(path));
};
const user = (path, members, options) => `${USER}=${sessionToken({ path, members, ...options })}`;
const guest = (path, members) => `${GUEST}=${sessionToken({ path, members: { ...AS_GUEST, ...members } })}`;
const THIRD_SID = "ICEiIyQlJicoKSorLC0uLw";
const ANOTHER = { sid: OTHER_SID, sub: "mallory" };
const junk = (count) => Array.from({ length: count }, (_, index) => `${USER}=junk-${index}`);

export const requests = [
  sessionFile("requests/absent-no-cookies", "No cookie at all", "absent", {}, []),
  request("absent", "empty-value", "A cookie with an empty value", () => [`${USER}=`]),
  request("absent", "without-prefix", "The name without its prefix", (path) => [user(path).replace("__Host-", "")]),
  request("absent", "prefix-in-lower-case", "The prefix in lower case, which browsers do not guard", (path) => [
    user(path).replace("__Host-", "__host-"),
  ]),
  request("absent", "secure-prefix", "Another prefix", (path) => [user(path).replace("__Host-", "__Secure-")]),
  request("absent", "name-in-upper-case", "The name in upper case", (path) => [user(path).replace("app", "APP")]),
  request("absent", "no-break-space", "A no-break space before the name, which is trimmed by some", (path) => [
    `\u00a0${user(path)}`,
  ]),
  request("tampered", "of-another-name", "A session of another application under this one's name", (path) => [
    user(path, {}, { cookieName: "other" }),
  ]),
  request("tampered", "flash-as-session", "A token of flash messages in a session's cookie", (path) => [
    user(path, {}, { purpose: "flash" }),
  ]),
  request("malformed", "quoted-value", "A value in quotes: they are not taken off", (path) => [
    user(path).replace(/=(.*)/, '="$1"'),
  ]),
  request("malformed", "percent-encoded", "A percent-encoded value: it is not decoded", (path) => [
    user(path).replaceAll("*", "%2A"),
  ]),
  request("open", "among-others", "Cookies of others before and after", (path) => [
    "a=1",
    "__Host-appx=2",
    user(path),
    "b",
    "=c",
  ]),
  request("open", "space-and-tab-around", "A space and a tab before the name and around the equals sign", (path) => [
    "a=1",
    `\t ${user(path).replace("=", " \t= ")}`,
  ]),
  request("open", "duplicate", "The same cookie twice", (path) => [user(path), user(path)]),
  request(
    "open",
    "duplicate-sealed-earlier",
    "One session sealed twice: what was sealed last counts, wherever it stands",
    (path) => [user(path, { ren: 30, dat: { b: 2 } }), user(`${path}/earlier`)],
    { data: '{"b":2}', "last-seen": NOW + 30 * SECOND },
  ),
  request("open", "beside-junk", "A value that is no token before it", (path) => [`${USER}=junk`, user(path)]),
  request("open", "beside-a-forged-one", "A forged token before it", (path) => [
    user(`${path}/forged`, ANOTHER, { mac: () => "A".repeat(43) }),
    user(path),
  ]),
  request("open", "beside-a-dead-one", "A session that is past its deadline beside it", (path) => [
    user(`${path}/dead`, { ...ANOTHER, max: 30 }),
    user(path),
  ]),
  request(
    "open",
    "beside-a-revoked-keys-session",
    "A session of a revoked key beside it",
    (path) => [user(`${path}/dead`, ANOTHER, { key: K2 }), user(path)],
    {
      keyring: ringOf(keyField(K1), keyField(K2, { revoked: NOW })),
    },
  ),
  request("ambiguous", "two-sessions", "Two live sessions: nothing says which is the visitor's", (path) => [
    user(path),
    user(`${path}/other`, ANOTHER),
  ]),
  request("ambiguous", "two-guests", "Two live sessions of guests", (path) => [
    guest(path),
    guest(`${path}/other`, { sid: OTHER_SID }),
  ]),
  request("ambiguous", "cookie-and-chunks", "A live session in a cookie, another in chunks", (path) => [
    user(path),
    ...chunksOf(big(`${path}/other`, ANOTHER), 2),
  ]),
  request("open", "user-before-guest", "A signed-in session before a guest's", (path) => [
    guest(`${path}/guest`, { sid: OTHER_SID }),
    user(path),
  ]),
  request(
    "open",
    "guest-beside-a-dead-user",
    "A guest's session where the signed-in one is past its deadline",
    (path) => [user(`${path}/dead`, { sid: OTHER_SID, max: 30 }), guest(path)],
    { subject: undefined },
  ),
  request(
    "open",
    "guest-beside-two-users",
    "A guest's session where two signed-in ones are ambiguous",
    (path) => [user(`${path}/one`), user(`${path}/other`, ANOTHER), guest(path, { sid: THIRD_SID })],
    { subject: undefined, sid: THIRD_SID },
  ),
  request(
    "open",
    "guest-beside-a-user-without-data",
    "A guest's session where the signed-in one has no data that fit",
    (path) => [user(`${path}/user`, { ...ANOTHER, dat: [] }), guest(path)],
    { subject: undefined },
  ),
  request(
    "expired",
    "beside-junk",
    "A dead session after a value that is no token: authentic ones are told first",
    (path) => [`${USER}=junk`, user(path, { max: 30 })],
  ),
  request(
    "expired",
    "user-before-guest",
    "A dead signed-in session and a guest's that has another fault: the signed-in one is told first",
    (path) => [`${GUEST}=junk`, user(path, { max: 30 })],
  ),
  request("open", "after-15-others", "The sixteenth value of a name is looked at", (path) => [...junk(15), user(path)]),
  request("malformed", "after-16-others", "The seventeenth is not", (path) => [...junk(16), user(path)]),
  request("open", "after-16-equal-ones", "Equal values count once", (path) => [
    ...Array.from({ length: 20 }, () => `${USER}=junk`),
    user(path),
  ]),
];
