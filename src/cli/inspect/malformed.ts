import { isCanonicalBase64url } from "../../base64url.js";
import { isKeyId, MAX_TOKEN_CHARS, parseToken } from "../../seal/token.js";

/** What is wrong with a token's form, for people; `undefined` where nothing is. */
export function tokenProblem(token: string): string | undefined {
  if (parseToken(token)) return undefined;
  if (token.length > MAX_TOKEN_CHARS) {
    return `it has ${token.length} characters, and none of more than ${MAX_TOKEN_CHARS} opens`;
  }
  if (!token.startsWith("Fe26.2*")) return "it does not begin with Fe26.2*, as every token does";
  const parts = token.split("*");
  if (parts.length !== 8) {
    return `it has ${parts.length} of a token's 8 parts${parts.length < 8 ? ": it was cut off" : ""}`;
  }
  const [, kid = "", salt, iv = "", ciphertext = "", expiry = "", macSalt, mac = ""] = parts;
  if (salt !== "" || macSalt !== "") {
    return "it has a salt: it was sealed with a password, by iron-session or @hapi/iron, not by this package";
  }
  if (!isKeyId(kid)) return "its key id is not 1 to 32 letters, digits or underscores";
  if (mac.length < 43) return `its MAC has ${mac.length} of 43 characters: it was cut off at the end`;
  if (mac.length > 43) return `its MAC has ${mac.length} characters instead of 43: something was added at the end`;
  if (![iv, ciphertext, mac].every(isCanonicalBase64url)) {
    return "a part of it is not canonical base64url: a character was added, lost or changed";
  }
  if (!/^[1-9]\d{0,15}$/.test(expiry)) return "its expiry is not a number of milliseconds";
  return "its parts do not have a token's lengths: something was added or lost in the middle";
}
