/**
 * A whole request: from the `Cookie` header to the session, and back to `Set-Cookie` where its data changed. Cold: a
 * different session each time; warm: the same cookie again.
 *
 * node bench/request.mjs [--json] [--quick] [--only <part of a library's name>]
 */
import { createClient } from "redis";
import { contest } from "./lib/contest.mjs";
import { readOptions } from "./lib/options.mjs";
import { payload } from "./lib/payload.mjs";
import { startRedis } from "./lib/redis.mjs";
import { print, withSpread } from "./lib/report.mjs";
import { sessionPeers } from "./lib/request-peers.mjs";

const values = readOptions(import.meta.url, { only: { type: "string", default: "" } });
const speed = values.quick ? { rounds: 2, ms: 5 } : {};
/** More than any cache of ours holds. */
const SESSIONS = values.quick ? 20 : 2_500;

const redis = await startRedis();
const client = await createClient({ url: redis.url }).connect();
const rows = [];
try {
  const peers = (await sessionPeers(client)).filter(({ name }) => name.includes(values.only));
  for (const bytes of [100, 700, 2_000]) rows.push(...(await measure(peers, payload(bytes))));
  for (const peer of peers) await peer.close?.();
} finally {
  await client.close();
  await redis.stop();
}
print(rows, values.json);

async function measure(peers, data) {
  const cookies = [];
  for (const peer of peers) cookies.push(await begin(peer, data));
  const kinds = {
    "open warm": ({ open }, own) => [open, own, 1],
    "open, read; warm": ({ read }, own) => [read, own, 1],
    "open, read; cold": ({ read }, own) => [read, own, SESSIONS],
    "read, change, save; cold": ({ write }, own) => [write, own, SESSIONS],
  };
  const found = peers.map(({ name }) => ({ library: name, bytes: JSON.stringify(data).length }));
  for (const [kind, of] of Object.entries(kinds)) {
    const entrants = peers.map((peer, at) => {
      const [visit, own, different] = of(peer, cookies[at]);
      return { name: peer.name, run: (turn) => visit(own[turn % different], turn) };
    });
    for (const [at, result] of (await contest(entrants, speed)).entries())
      found[at][`${kind}, µs`] = withSpread(result);
  }
  return found;
}

/** Sessions, and that they are kept. @returns their `Cookie` headers */
async function begin(peer, data) {
  const own = [];
  for (let i = 0; i < SESSIONS; i++) own.push(await peer.begin({ ...data, i }));
  const read = await peer.read(own[3]);
  if (read.i !== 3 || read.user.name !== data.user.name) throw new Error(`${peer.name} did not keep the data`);
  if ((await peer.write(own[3], 1)).length === 0) throw new Error(`${peer.name} did not write`);
  return own;
}
