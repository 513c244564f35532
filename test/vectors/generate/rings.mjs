/* Key rings in one line of text. */
import { DAY, HOUR, K1, K2, K3, keyField, MINUTE, NOW, ringOf } from "./forge.mjs";

/** @param states each key's id and its state at `now`; the one that is active seals */
const goodRing = (name, about, ring, states, now = NOW) => ({
  path: `rings/open-${name}`,
  headers: { about, expect: "open", kind: "ring", now, keys: states },
  body: ring,
});
const badRing = (name, about, ring) => ({
  path: `rings/refused-${name}`,
  headers: { about, expect: "refused", kind: "ring", now: NOW },
  body: ring,
});

const ONE = keyField(K1);
const POLICY = "policy:propagation=1h:absolute=30d:skew=5m";
const CHANGE = NOW - 40 * DAY;
/** From when on k1 may retire in a ring whose k2 takes over at CHANGE. */
const EARLIEST = CHANGE + 30 * DAY + HOUR + 5 * MINUTE;
const two = (first, second) => ringOf(POLICY, keyField(K1, first), keyField(K2, { activate: CHANGE, ...second }));
/** k2 takes over at CHANGE, k3 five days later. */
const three = (revoked, retire) =>
  ringOf(
    POLICY,
    keyField(K1, { retire }),
    keyField(K2, { activate: CHANGE, revoked }),
    keyField(K3, { activate: CHANGE + 5 * DAY }),
  );
const field = (...parts) => ringOf(`key:${parts.join(":")}`);
const [ID, SECRET] = ["id=k1", `secret=${K1.secret}`];

export const rings = [
  goodRing("one-key", "The smallest ring", ringOf(ONE), "k1=active"),
  goodRing(
    "everything",
    "Every field and every attribute",
    ringOf(
      "ring:id=r1:revision=7",
      `${POLICY}:rotate=90d`,
      keyField(K1, { created: CHANGE - DAY, activate: CHANGE - DAY, retire: EARLIEST, reason: undefined }),
      keyField(K2, { created: CHANGE, activate: CHANGE }),
      keyField(K3, { revoked: NOW, reason: "left%20on%20a%20bus%2C%20twice" }),
      keyField({ id: "k0" }, { revoked: 5 }),
    ),
    "k0=destroyed k1=retired k2=active k3=revoked",
  ),
  goodRing("attributes-in-another-order", "Attributes in another order", field("activate=0", SECRET, ID), "k1=active"),
  goodRing("policy-last", "The policy after the keys", ringOf(ONE, POLICY), "k1=active"),
  goodRing(
    "plain-secret",
    "A plain secret with padding of base64 in a key",
    ringOf(keyField({ id: "k1", secret: "w15zTP1x7bqQ8mZ0Yl2sUeT4hVnKjRgAoFi9PpWcD+E=" })),
    "k1=active",
  ),
  goodRing("space-around", "White space around the line", ` ${ringOf(ONE)}\n`, "k1=active"),
  goodRing(
    "pending",
    "A key that is yet to be activated",
    ringOf(ONE, keyField(K2, { activate: NOW + 1 })),
    "k1=active k2=pending",
  ),
  goodRing(
    "activated",
    "At its activation a key takes over",
    ringOf(ONE, keyField(K2, { activate: NOW })),
    "k1=retiring k2=active",
  ),
  goodRing(
    "all-pending",
    "Before every activation the first one to come seals",
    ringOf(keyField(K1, { activate: NOW + 2 }), keyField(K2, { activate: NOW + 1 })),
    "k1=pending k2=active",
  ),
  goodRing(
    "same-activation",
    "Activated at once: the one that was created last",
    ringOf(keyField(K1, { created: 5, activate: 9 }), keyField(K2, { created: 4, activate: 9 })),
    "k1=active k2=retiring",
  ),
  goodRing(
    "same-activation-and-creation",
    "Created at once, too: the greater id",
    ringOf(keyField(K2), keyField(K1)),
    "k1=retiring k2=active",
  ),
  goodRing(
    "newest-revoked",
    "The newest key is revoked: the one before seals again",
    ringOf(ONE, keyField(K2, { activate: 5, revoked: 6 })),
    "k1=active k2=revoked",
  ),
  goodRing(
    "newest-destroyed",
    "The newest key is destroyed: the one before seals again",
    ringOf(ONE, keyField({ id: "k2" }, { activate: 5 })),
    "k1=active k2=destroyed",
  ),
  goodRing("retiring", "A millisecond before it retires", two({ retire: NOW + 1 }), "k1=retiring k2=active"),
  goodRing("retired", "At the time that it retires", two({ retire: NOW }), "k1=retired k2=active"),
  goodRing(
    "retires-as-early-as-it-may",
    "The earliest time at which it may",
    two({ retire: EARLIEST }),
    "k1=retired k2=active",
  ),
  goodRing(
    "retires-after-a-successor-revoked-later",
    "A successor that was revoked once the next had taken over: the first counts",
    three(CHANGE + 6 * DAY, EARLIEST),
    "k1=retired k2=revoked k3=active",
  ),
  goodRing(
    "retires-after-a-gap",
    "A successor that was revoked before the next took over: only that one counts",
    three(CHANGE + DAY, EARLIEST + 5 * DAY),
    "k1=retired k2=revoked k3=active",
  ),
  goodRing(
    "retires-with-every-successor-revoked",
    "Every successor is revoked: it seals, and may be about to retire",
    two({ retire: CHANGE }, { revoked: NOW }),
    "k1=active k2=revoked",
  ),
  goodRing(
    "retiring-key-seals",
    "A clock before the change of keys: what seals has not retired",
    two({ retire: EARLIEST }),
    "k1=active k2=pending",
    CHANGE - 1,
  ),

  badRing("version", "A later version", ringOf(ONE).replace("ring_1", "ring_2")),
  badRing("no-key", "No key", ringOf(POLICY)),
  badRing("empty-field", "An empty field", ringOf("", ONE)),
  badRing("trailing-comma", "A comma at the end", ringOf(ONE, "")),
  badRing("unknown-field", "A field that there is not", ringOf(ONE, "extra:id=x")),
  badRing("two-policies", "Two policies", ringOf(POLICY, POLICY, ONE)),
  badRing("two-rings", "Two fields that name the ring", ringOf("ring:id=r1", "ring:id=r1", ONE)),
  badRing("unknown-attribute", "An attribute that there is not", ringOf(`${ONE}:expires=1`)),
  badRing("attribute-twice", "An attribute twice", ringOf(`${ONE}:activate=0`)),
  badRing("attribute-without-value", "An attribute without an equals sign", ringOf(`${ONE}:retire`)),
  badRing("unknown-rule", "A rule of the policy that there is not", ringOf("policy:idle=1h", ONE)),
  badRing("no-id", "A key without an id", field(SECRET, "activate=0")),
  badRing("no-activation", "A key without a time of activation", field(ID, SECRET)),
  badRing("id-hyphen", "An id with a hyphen", field("id=k-1", SECRET, "activate=0")),
  badRing("id-33-characters", "An id of 33 characters", field(`id=${"k".repeat(33)}`, SECRET, "activate=0")),
  badRing("ring-id-hyphen", "An id of the ring with a hyphen", ringOf("ring:id=r-1", ONE)),
  badRing("revision-zero", "A revision of zero", ringOf("ring:revision=0", ONE)),
  badRing("time-negative", "A negative time", field(ID, SECRET, "activate=-1")),
  badRing("time-date", "A date for a time", field(ID, SECRET, "activate=2026-01-01")),
  badRing("time-16-digits", "A time of 16 digits", field(ID, SECRET, "activate=1000000000000000")),
  badRing("duration-without-unit", "A duration without a unit", ringOf("policy:skew=5", ONE)),
  badRing("duration-zero", "A duration of nothing", ringOf("policy:skew=0s", ONE)),
  badRing("duration-above-100-years", "A duration above 36,500 days", ringOf("policy:absolute=36501d", ONE)),
  badRing(
    "reason-not-encoded",
    "A reason with a percent sign that encodes nothing",
    ringOf(keyField(K1, { reason: "100%" })),
  ),
  badRing("reason-no-utf8", "A reason that is encoded, and no UTF-8", ringOf(keyField(K1, { reason: "%FF" }))),
  badRing("secret-empty", "An empty secret", field(ID, "secret=", "activate=0")),
  badRing(
    "secret-checksum",
    "A ring secret whose checksum does not match",
    field(ID, `secret=${K1.secret.slice(0, -1)}*`, "activate=0"),
  ),
  badRing("id-twice", "Two keys of one id", ringOf(ONE, keyField({ ...K2, id: "k1" }))),
  badRing("secret-twice", "One secret in two keys", ringOf(ONE, keyField({ ...K1, id: "k2" }))),
  badRing(
    "none-may-seal",
    "Every key is revoked or destroyed",
    ringOf(keyField(K1, { revoked: 5 }), keyField({ id: "k2" })),
  ),
  badRing(
    "retires-without-successor",
    "A key that retires and has no successor",
    ringOf(keyField(K1, { retire: NOW })),
  ),
  badRing(
    "retires-one-ms-too-early",
    "A key that retires a millisecond before its last cookie is dead",
    two({ retire: EARLIEST - 1 }),
  ),
  badRing(
    "retires-after-what-never-sealed",
    "A successor that was revoked before it could seal is none",
    two({ retire: NOW }, { revoked: CHANGE }),
  ),
  badRing(
    "retires-before-a-gap",
    "A successor that was revoked before the next took over does not count",
    three(CHANGE + DAY, EARLIEST + 5 * DAY - 1),
  ),
  badRing(
    "retires-by-the-usual-policy",
    "The usual policy counts where there is none",
    ringOf(keyField(K1, { retire: CHANGE + 30 * DAY }), keyField(K2, { activate: CHANGE })),
  ),
];
