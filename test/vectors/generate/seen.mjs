/* Renewals: the `.seen` cookie beside a session. Where one is to be ignored, the session has been idle for too long. */
import { DAY, flip, HOUR, K1, K2, keyField, keysOf, macOf, MINUTE, NOW, respelled, ringOf } from "./forge.mjs";
import { AS_GUEST, GUEST, NAME, OTHER_SID, SEEN, sessionFile, sessionToken, SID, USER } from "./cookies.mjs";

const REN = NOW + 30 * MINUTE;
const DEADLINE = REN + HOUR;
/** After the session's own deadline, before the renewal's. */
const LATER = NOW + HOUR + MINUTE;

/** A `.seen` cookie's value. @param options.signed what stands in it differs from what is signed */
function seenOf({
  sid = SID,
  ren = REN,
  deadline = DEADLINE,
  key = K1,
  purpose = "seen",
  name = NAME,
  signed = {},
  mac = (text) => text,
} = {}) {
  const value = [ren, deadline, key.id].join(".");
  const signedValue = [signed.ren ?? ren, signed.deadline ?? deadline, signed.kid ?? key.id].join(".");
  return `${value}.${mac(macOf(keysOf(key, purpose, name), `${sid}.${signedValue}`))}`;
}

function seen(
  expect,
  name,
  about,
  { values = [{}], members, cookie = USER, whole = (value) => value, ...headers } = {},
) {
  const path = `seen/${expect}-${name}`;
  const outcome = expect === "open" && { "last-seen": REN, deadline: DEADLINE };
  const cookies = [
    `${cookie}=${sessionToken({ path, members })}`,
    ...values.map((value) => `${SEEN}=${whole(seenOf(value))}`),
  ];
  return sessionFile(path, about, expect, { now: LATER, ...outcome, ...headers }, cookies);
}
const opens = (...args) => seen("open", ...args);
/** One that is passed over. */
const ignored = (name, about, value, headers) => seen("idle", name, about, { values: [value], ...headers });
const OLD = { key: K2 };
const two = (more) => ringOf(keyField(K1, { activate: NOW - 40 * DAY }), keyField(K2, more));

export const seenFiles = [
  opens("renewed", "A renewal keeps a session alive beyond the deadline in its token"),
  seen("idle", "without-a-renewal", "The same session without it", { values: [] }),
  opens("at-the-deadline", "The renewed deadline itself is within", { now: DEADLINE }),
  seen("idle", "one-ms-later", "One millisecond after the renewed deadline", { now: DEADLINE + 1 }),
  opens("guest", "A guest's renewal: the cookie is called the same", {
    members: AS_GUEST,
    cookie: GUEST,
    subject: undefined,
  }),
  opens("another-key", "Signed by another key of the ring than the one that sealed", { values: [OLD], keyring: two() }),
  opens("earlier-than-the-token", "An earlier renewal than the sealing: the later deadline counts", {
    members: { ren: 1_800 },
    values: [{ ren: NOW + MINUTE, deadline: NOW + MINUTE + HOUR }],
    now: NOW + 31 * MINUTE,
    deadline: NOW + HOUR + MINUTE,
  }),
  opens("two-renewals", "Of two renewals the later one counts", {
    values: [{ ren: NOW + MINUTE, deadline: NOW + HOUR + MINUTE }, {}],
  }),
  opens("beside-a-broken-one", "A renewal beside one that is to be ignored", { values: [{ sid: OTHER_SID }, {}] }),
  opens("deadline-beyond-the-timeout", "A deadline beyond the idle timeout counts as far as the timeout goes", {
    values: [{ deadline: NOW + DAY }],
    now: DEADLINE,
  }),
  seen("idle", "deadline-beyond-the-timeout", "A millisecond after that", {
    values: [{ deadline: NOW + DAY }],
    now: DEADLINE + 1,
  }),
  opens("deadline-beyond-the-absolute-one", "No renewal goes beyond the absolute deadline", {
    members: { max: 5_000 },
    deadline: NOW + 5_000_000,
    now: NOW + 5_000_000,
  }),
  seen("expired", "beyond-the-absolute-deadline", "A millisecond after the absolute deadline", {
    members: { max: 5_000 },
    now: NOW + 5_000_001,
  }),
  opens("ahead-within-the-skew", "Renewed by a clock that is ahead by the skew", {
    values: [{ ren: LATER + 5 * MINUTE, deadline: LATER + HOUR }],
    "last-seen": LATER + 5 * MINUTE,
    deadline: LATER + HOUR,
  }),
  ignored("ahead-of-the-skew", "Renewed a millisecond further ahead than the skew", { ren: LATER + 5 * MINUTE + 1 }),
  ignored("of-another-session", "The renewal of another session", { sid: OTHER_SID }),
  ignored("of-another-name", "A renewal under the name of another application", { name: "other" }),
  ignored("of-another-purpose", "Signed with the integrity key of sessions", { purpose: "session" }),
  ignored("mac-altered", "The first character of the MAC is another", { mac: (mac) => flip(mac) }),
  ignored("mac-respelled", "The last character of the MAC has a bit that decoders ignore", { mac: respelled }),
  ignored("mac-short", "A MAC of 42 characters", { mac: (mac) => mac.slice(0, -1) }),
  ignored("time-altered", "Another time of renewal than the one that is signed", {
    ren: REN + 1,
    signed: { ren: REN },
  }),
  ignored("deadline-altered", "Another deadline than the one that is signed", {
    deadline: DEADLINE + 1,
    signed: { deadline: DEADLINE },
  }),
  ignored("kid-altered", "Another key id than the one that is signed", { signed: { kid: "k2" } }),
  ignored("time-with-a-leading-zero", "A leading zero", { ren: `0${REN}` }),
  ignored("deadline-with-a-sign", "A plus sign", { deadline: `+${DEADLINE}` }),
  ignored("time-of-17-digits", "17 digits", { deadline: "10000000000000000" }),
  ignored("kid-empty", "No key id", { key: { ...K1, id: "" } }),
  ignored("unknown-key", "A key that is not in the ring", OLD),
  ignored("retired-key", "A key that is retired", OLD, { keyring: two({ retire: NOW }) }),
  ignored("revoked-key", "A key that is revoked", OLD, { keyring: two({ revoked: NOW }) }),
  seen("idle", "five-parts", "Something after the MAC", { whole: (value) => `${value}.x` }),
  seen("idle", "three-parts", "Nothing but the MAC's beginning", {
    whole: (value) => value.slice(0, value.lastIndexOf(".")),
  }),
  seen("absent", "alone", "A renewal without a session is no session", { cookie: "__Host-another" }),
];
