/** Revokes, says so, and is killed in the same breath. Usage: node revoke-and-die.mjs <url> <sid> <subject> */
import { writeSync } from "node:fs";
import { postgresStore } from "sealed-session/revocation/postgres";

const [url, sid, subject] = process.argv.slice(2);
const store = postgresStore(url);
await store.revokeSession(sid, Date.now() + 3_600_000);
const generation = await store.revokeSubject(subject);
writeSync(1, String(generation));
process.kill(process.pid, "SIGKILL");
