// `npm start` runs this first. Where there is no .env, it makes one with a key for this machine; a server never makes a
// key itself, since two of them would make two.
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";

if (!existsSync(".env")) {
  const key = randomBytes(32).toString("base64url");
  // "development": cookies without Secure, since Safari keeps no others on http://localhost.
  writeFileSync(".env", `SESSION_KEYRING=${key}\nNODE_ENV=development\n`, { flag: "wx", mode: 0o600 });
  console.log("Made .env, with a key of its own.");
}
