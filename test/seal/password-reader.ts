import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/* iron's format with a password, written a second time with node:crypto alone. */

/** What a token has in place of what is usual. */
export interface PasswordParts {
  readonly id: string;
  readonly expiry: string;
  readonly iv: string;
  readonly ciphertext: string;
}

/** The key that a password and a salt make. */
export function stretch(password: string, salt: string): Buffer {
  return pbkdf2Sync(password, salt, 1, 32, "sha1");
}

/** Makes a token with any plaintext and any parts, under a MAC that holds. */
export function writePasswordToken(
  password: string,
  plaintext: string | Uint8Array,
  encryptionSalt: string,
  macSalt: string,
  { id = "1", expiry = "", ...given }: Partial<PasswordParts> = {},
): string {
  const bytes = randomBytes(16);
  const aes = createCipheriv("aes-256-cbc", stretch(password, encryptionSalt), bytes);
  const {
    iv = bytes.toString("base64url"),
    ciphertext = Buffer.concat([aes.update(plaintext), aes.final()]).toString("base64url"),
  } = given;
  const signed = `Fe26.2*${id}*${encryptionSalt}*${iv}*${ciphertext}*${expiry}`;
  const mac = createHmac("sha256", stretch(password, macSalt)).update(signed).digest("base64url");
  return `${signed}*${macSalt}*${mac}`;
}
