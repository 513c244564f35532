/**
 * One server in a process of its own. Prints its port when it listens, on the loopback interface.
 * Usage: node bench/http/server.mjs <file beside this one> <library> <verb>
 */
import { once } from "node:events";

const [kind, library, verb] = process.argv.slice(2);
const { serve } = await import(`./${kind}.mjs`);
const server = await serve(library, verb);
server.listen(0, "127.0.0.1");
await once(server, "listening");
console.log(`listens on ${server.address().port}`);
