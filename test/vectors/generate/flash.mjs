/* Flash messages: the `.flash` cookie, which needs no session beside it. */
import { flip, K1, K2, keyField, MINUTE, NOW, RING, ringOf, tokenOf } from "./forge.mjs";
import { NAME, USER } from "./cookies.mjs";

const UNTIL = NOW + 5 * MINUTE;
const NOTICE = ["notice", "Saved", UNTIL];

/** @param messages the plaintext, as text or as what it says; `shown` is what a page is given */
function flash(expect, name, about, messages, { shown, options = {}, more = [], ...headers } = {}) {
  const path = `flash/${expect}-${name}`;
  const plaintext = typeof messages === "string" ? messages : JSON.stringify(messages);
  const token = tokenOf({ path, plaintext, purpose: "flash", cookieName: NAME, expiry: UNTIL, ...options });
  const all = { about, expect, kind: "flash", keyring: RING, name: NAME, now: NOW + MINUTE, ...headers };
  return {
    path,
    headers: { ...all, ...(shown && { messages: JSON.stringify(shown) }) },
    body: [...more, `${USER}.flash=${token}`].join("\n"),
  };
}
const shows = (name, about, messages, shown, more) => flash("open", name, about, messages, { shown, ...more });
const ignored = (name, about, messages, more) => flash("absent", name, about, messages, more);

export const flashFiles = [
  shows("one", "A message", [NOTICE], { notice: "Saved" }),
  shows("two", "Two messages, one of them an object", [NOTICE, ["warning", { code: 7, text: "é" }, UNTIL]], {
    notice: "Saved",
    warning: { code: 7, text: "é" },
  }),
  shows("proto", "A message called __proto__", [["__proto__", "odd", UNTIL]], { ["__proto__"]: "odd" }),
  shows("repeated", "Two messages of one name: the last one", [["notice", "first", UNTIL], NOTICE], {
    notice: "Saved",
  }),
  shows("at-its-deadline", "The deadline itself is within", [NOTICE], { notice: "Saved" }, { now: UNTIL }),
  shows("one-past", "Of two messages one is past its deadline", [["warning", "old", NOW], NOTICE], { notice: "Saved" }),
  shows(
    "beside-a-broken-one",
    "A value that does not open before it",
    [NOTICE],
    { notice: "Saved" },
    { more: [`${USER}.flash=junk`] },
  ),
  ignored("past", "A message past its deadline in a token that is not", [["notice", "Saved", NOW]]),
  ignored("token-expired", "A token past its expiry", [["notice", "Saved", UNTIL + MINUTE]], { now: UNTIL + 1 }),
  ignored("no-list", "An object in place of the list", { notice: ["Saved", UNTIL] }),
  ignored("no-triple", "A message without its deadline: none of them counts", [NOTICE, ["warning", "x"]]),
  ignored("deadline-text", "A deadline that is text", [["notice", "Saved", String(UNTIL)]]),
  ignored("deadline-fraction", "A deadline that is a fraction", [["notice", "Saved", UNTIL + 0.5]]),
  ignored("name-number", "A name that is a number: none of the messages counts", [[1, "x", UNTIL], NOTICE]),
  ignored("proto-in-a-message", "A key called __proto__ in a message", '[["notice",{"__proto__":1},1767225900000]]'),
  ignored("no-json", "A plaintext that is no JSON", "notice"),
  ignored("mac-altered", "The first character of the MAC is another", [NOTICE], {
    options: { mac: (mac) => flip(mac) },
  }),
  ignored("session-as-flash", "The list, sealed as a session", [NOTICE], { options: { purpose: "session" } }),
  ignored("of-another-name", "Sealed under the name of another application", [NOTICE], {
    options: { cookieName: "other" },
  }),
  ignored("revoked-key", "Sealed by a key that is revoked", [NOTICE], {
    options: { key: K2 },
    keyring: ringOf(keyField(K1), keyField(K2, { revoked: NOW })),
  }),
];
