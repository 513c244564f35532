/* What is sealed in a session: each of its members, and JSON that is none of ours. */
import { AS_GUEST, GUEST, oneSession, payloadOf, SID } from "./cookies.mjs";
import { K1, NOW } from "./forge.mjs";

const opens = (...args) => oneSession("open", ...args);
const malformed = (name, about, members) => oneSession("malformed", name, about, { members });
/** With another plaintext altogether. */
const notOurs = (name, about, plaintext) => oneSession("malformed", name, about, { plaintext });

/** A whole number in the wrong form, for each member that is one. */
const wrongNumbers = (member, missing) => [
  ...(missing ? [malformed(`${member}-missing`, `No ${member}`, { [member]: undefined })] : []),
  malformed(`${member}-negative`, `A negative ${member}`, { [member]: -1 }),
  malformed(`${member}-fraction`, `A fraction for ${member}`, { [member]: 0.5 }),
  malformed(`${member}-text`, `Text for ${member}`, { [member]: "1" }),
];
const rawPayload = (from, to) => payloadOf().replace(from, to);
const kids = (count) => Array.from({ length: count }, (_, index) => `old_${index}`);
const lineage = (count) => [...kids(count), K1.id].join(" ");

export const members = [
  opens("data-empty", "Empty data", { members: { dat: {} }, data: "{}" }),
  opens("data-unicode", "Data beyond ASCII", { members: { dat: { é漢: "😀" } }, data: '{"é漢":"😀"}' }),
  opens("members-in-another-order", "The members in another order", {
    plaintext: `{"dat":{"a":1},"gen":"0.0","max":86400,"iat":${NOW},"sub":"user-42","sid":"${SID}"}`,
  }),
  opens("members-unknown", "A member that this version does not know is passed over", { members: { later: [] } }),
  opens("members-with-spaces", "Spaces between the members", {
    plaintext: JSON.stringify(JSON.parse(payloadOf()), undefined, 1).replaceAll("\n", " "),
  }),
  opens("number-with-a-fraction-of-zero", "A whole number, written with a decimal point", {
    plaintext: rawPayload('"max":86400', '"max":86400.0'),
  }),

  malformed("sid-missing", "No session id", { sid: undefined }),
  malformed("sid-21-characters", "A session id of 21 characters", { sid: SID.slice(1) }),
  malformed("sid-23-characters", "A session id of 23 characters", { sid: `${SID}A` }),
  malformed("sid-respelled", "The last character of the session id has a bit that decoders ignore", {
    sid: `${SID.slice(0, -1)}x`,
  }),
  malformed("sid-number", "A number for the session id", { sid: 1 }),
  opens("sub-256-units", "A subject of 256 UTF-16 code units: 128 characters beyond the first plane", {
    members: { sub: "😀".repeat(128) },
    subject: "😀".repeat(128),
  }),
  malformed("sub-257-characters", "A subject of 257 characters", { sub: "u".repeat(257) }),
  malformed("sub-258-units", "A subject of 129 characters that are 258 UTF-16 code units", { sub: "😀".repeat(129) }),
  malformed("sub-empty", "An empty subject", { sub: "" }),
  malformed("sub-null", "null for the subject", { sub: null }),
  malformed("sub-number", "A number for the subject", { sub: 42 }),
  ...wrongNumbers("iat", true),
  malformed("iat-above-2-53", "A beginning at 2^53 ms", { iat: 2 ** 53 }),
  ...wrongNumbers("max", true),
  ...wrongNumbers("ren", false),
  ...wrongNumbers("idl", false),
  ...wrongNumbers("sv", false),
  malformed("per-two", "2 for the persistence", { per: 2 }),
  malformed("per-true", "true for the persistence, where 1 belongs", { per: true }),
  malformed("gen-missing", "No generations", { gen: undefined }),
  malformed("gen-number", "A number for the generations", { gen: 0 }),
  malformed("gen-without-the-subjects", "A subject, and no generation of its own", { gen: "0" }),
  oneSession("malformed", "gen-of-a-subject-for-a-guest", "A guest with the generation of a subject", {
    members: { ...AS_GUEST, gen: "0.0" },
    cookie: GUEST,
  }),
  malformed("gen-leading-zero", "A generation with a leading zero", { gen: "00.0" }),
  malformed("gen-upper-case", "A generation in upper case", { gen: "A.0" }),
  malformed("gen-12-characters", "A generation of 12 characters", { gen: "100000000000.0" }),
  malformed("gen-above-2-53", "A generation of 2^53, in base36", { gen: `${(2 ** 53).toString(36)}.0` }),
  opens("gen-of-2-53-less-one", "The largest generation", { members: { gen: `${(2 ** 53 - 1).toString(36)}.0` } }),
  malformed("kids-text", "Text for the lineage", { kids: "k1" }),
  malformed("kids-hyphen", "A lineage with what can be no key id", { kids: ["k-1"] }),
  malformed("kids-number", "A lineage with a number", { kids: [1] }),
  opens("kids-64", "A lineage of 64 keys besides the one that sealed", {
    members: { kids: kids(64) },
    lineage: lineage(64),
  }),
  malformed("kids-65", "A lineage of 65 keys", { kids: kids(65) }),
  malformed("dat-missing", "No data", { dat: undefined }),
  oneSession("schema", "dat-null", "null for the data", { members: { dat: null } }),
  oneSession("schema", "dat-list", "A list for the data", { members: { dat: [1] } }),
  oneSession("schema", "dat-text", "Text for the data, without a codec to read it", { members: { dat: "{}" } }),
  notOurs("list", "A list for all of it", "[]"),
  notOurs("null", "null for all of it", "null"),
  notOurs("proto-in-the-data", "A key called __proto__ in the data", rawPayload('{"a":1}', '{"__proto__":{"a":1}}')),
  notOurs(
    "proto-beside-the-data",
    "A key called __proto__ beside the data",
    rawPayload('"dat"', '"__proto__":{},"dat"'),
  ),
  notOurs(
    "constructor-prototype",
    "A constructor in the data that has a prototype",
    rawPayload('{"a":1}', '{"constructor":{"prototype":1}}'),
  ),
];
