/**
 * A whole request: from the `Cookie` header to the session's data, and back to `Set-Cookie` where the data changed.
 * Cold: a different session each time; warm: the same cookie again.
 * Usage: npm ci --prefix bench --ignore-scripts, once; node bench/request.mjs [--json] [--quick] [--only <word>]
 */
import { parseArgs } from "node:util";
import { createClient } from "redis";
import { SERVICES } from "../test/histories/support/services.mjs";
import { contest } from "./lib/contest.mjs";
import { payload } from "./lib/peers.mjs";
import { print } from "./lib/report.mjs";
import { sessionPeers } from "./lib/request-peers.mjs";

const { values } = parseArgs({
  options: { json: { type: "boolean" }, quick: { type: "boolean" }, only: { type: "string", default: "" } },
});
const speed = values.quick ? { rounds: 2, ms: 5 } : {};
/** More than any cache of ours holds. */
const SESSIONS = values.quick ? 20 : 1_500;

const redis = await SERVICES.redis();
const client = await createClient({ url: `redis://127.0.0.1:${redis.port}` }).connect();
// As Redis does by itself, rather than every write on the disk before it is answered.
await client.configSet("appendfsync", "everysec");
const rows = [];
try {
  const peers = (await sessionPeers(client)).filter(({ name }) => name.includes(values.only));
  for (const bytes of [100, 700, 2_000]) {
    const data = payload(bytes);
    const cookies = [];
    for (const peer of peers) {
      const own = [];
      for (let i = 0; i < SESSIONS; i++) own.push(await peer.begin({ ...data, i }));
      const read = await peer.read(own[3]);
      if (read.i !== 3 || read.user.name !== data.user.name) throw new Error(`${peer.name} did not keep the data`);
      if ((await peer.write(own[3], 1)).length === 0) throw new Error(`${peer.name} did not write`);
      cookies.push(own);
    }
    const kinds = {
      "read warm": (at) => () => peers[at].read(cookies[at][0]),
      "read cold": (at) => (turn) => peers[at].read(cookies[at][turn % SESSIONS]),
      "read, change, save; cold": (at) => (turn) => peers[at].write(cookies[at][turn % SESSIONS], turn),
    };
    const found = peers.map(({ name }) => ({ library: name, bytes: JSON.stringify(data).length }));
    for (const [kind, of] of Object.entries(kinds)) {
      const entrants = peers.map(({ name }, at) => ({ name, run: of(at) }));
      for (const [at, { median, spread }] of (await contest(entrants, speed)).entries()) {
        found[at][`${kind}, µs`] = `${median.toFixed(1)} ± ${(spread / 2).toFixed(1)}`;
      }
    }
    rows.push(...found);
  }
  for (const peer of peers) await peer.close?.();
} finally {
  await client.close();
  await redis.stop();
}
print(rows, values.json);
