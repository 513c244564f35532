/*
 * What a session takes on the heap while a request holds it: many of them at once, each of another request. The requests
 * and their cookies are there before. Needs --expose-gc. Arguments: a name of HELD, how many.
 */
import { HELD } from "./held-kinds.mjs";
import { payload } from "./payload.mjs";
import { newResponse } from "./response.mjs";

/** As a handler that looks at it: what is only parsed when somebody looks, is parsed. */
function look(kind, session) {
  const data = session.data ?? session;
  if (data.user.id !== 4711) throw new Error(`${kind} did not keep the data`);
  return session;
}

function memory() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const { cookie, open } = HELD[kind];
const requests = [];
for (let i = 0; i < count * 2; i++) {
  const header = await cookie({ ...payload(700), i });
  // From a copy: what was put together of pieces would be counted as such.
  const headers = { cookie: Buffer.from(header).toString("latin1"), host: "localhost" };
  requests.push([{ headers, connection: { encrypted: true } }, newResponse()]);
}
// The first half fills whatever caches there are.
for (const [request, response] of requests.slice(0, count)) look(kind, await open(request, response));
const before = memory();
const held = [];
for (const [request, response] of requests.slice(count)) held.push(look(kind, await open(request, response)));
const bytes = (memory() - before) / held.length;
// The requests too: what nothing names any more is collected, and would count as saved.
console.log(JSON.stringify({ bytes, held: held.length, of: requests.length }));
process.exit();
