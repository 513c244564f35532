import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/*
 * The token format, written a second time from its description with node:crypto alone, so that a test which uses it
 * does not believe the code it tests.
 */

export interface DerivedKeys {
  readonly encryption: Buffer;
  readonly integrity: Buffer;
}

/** The two keys of a secret for a purpose and a cookie name. */
export function deriveKeys(secret: string | Uint8Array, purpose: string, cookieName = ""): DerivedKeys {
  const expand = (which: string): Buffer =>
    Buffer.from(hkdfSync("sha256", secret, "", `sealed-session/1/${purpose}/${cookieName}/${which}`, 32));
  return { encryption: expand("enc"), integrity: expand("mac") };
}

/** The id of a plain secret's key: 40 bits derived from it. */
export function bareKeyId(secret: string | Uint8Array): string {
  return Buffer.from(hkdfSync("sha256", secret, "", "sealed-session/1/kid", 5)).toString("hex");
}

export interface ReadToken {
  readonly kid: string;
  readonly plaintext: string;
  readonly expiry: number;
}

/** Checks a token's MAC, then decrypts it. */
export function readToken(token: string, keys: DerivedKeys): ReadToken {
  const [prefix, kid = "", salt, iv = "", ciphertext = "", expiry = "", macSalt, mac, ...rest] = token.split("*");
  if (prefix !== "Fe26.2" || salt !== "" || macSalt !== "" || rest.length > 0) throw new Error("not a token");
  const signed = token.slice(0, token.lastIndexOf("**"));
  if (createHmac("sha256", keys.integrity).update(signed).digest("base64url") !== mac) throw new Error("bad MAC");
  const aes = createDecipheriv("aes-256-cbc", keys.encryption, Buffer.from(iv, "base64url"));
  const bytes = Buffer.concat([aes.update(Buffer.from(ciphertext, "base64url")), aes.final()]);
  return { kid, plaintext: bytes.toString("utf8"), expiry: Number(expiry) };
}

/** Makes a token with any plaintext, also one that the package would never seal. */
export function writeToken(
  plaintext: string | Uint8Array,
  kid: string,
  keys: DerivedKeys,
  expiry: number,
  iv = randomBytes(16),
): string {
  const aes = createCipheriv("aes-256-cbc", keys.encryption, iv);
  const ciphertext = Buffer.concat([aes.update(plaintext), aes.final()]);
  return sign(`Fe26.2*${kid}**${iv.toString("base64url")}*${ciphertext.toString("base64url")}*${expiry}`, keys);
}

/** Adds the MAC to whatever comes before its two asterisks. */
export function sign(signed: string, keys: DerivedKeys): string {
  return `${signed}**${createHmac("sha256", keys.integrity).update(signed).digest("base64url")}`;
}
