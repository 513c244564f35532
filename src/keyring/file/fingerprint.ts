import { hkdfSync } from "node:crypto";
import { keyMaterial } from "../secret.js";

/** Names a secret without revealing it: 40 bits derived from it, in hex, the same on every machine. */
export function fingerprint(secret: string): string {
  return derive(secret, "sealed-session/1/fingerprint");
}

/** The id that a bare secret has, so that cookies that it sealed open when it comes to stand in a ring. */
export function bareKeyId(secret: string): string {
  return derive(secret, "sealed-session/1/kid");
}

function derive(secret: string, info: string): string {
  const bytes = hkdfSync("sha256", keyMaterial(secret, "The secret"), new Uint8Array(0), info, 5);
  return Buffer.from(bytes).toString("hex");
}
