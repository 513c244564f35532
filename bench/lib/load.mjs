import assert from "node:assert/strict";
import { createHistogram } from "node:perf_hooks";
import autocannon from "autocannon";
import { HEADERS, visit } from "./visit.mjs";

/**
 * @typedef {object} Load
 * @property {number} rate requests a second
 * @property {number} p99 ms until the response, of all but the slowest hundredth
 * @property {number} cpu µs of processor time that the server took for a request, with all of its threads
 * @property {number} busy how much of one processor the server used. Below 1 it waited, for the load or for a database
 */

/**
 * Puts a server under load: as many requests as the connections bring about, each sent when the last is answered.
 *
 * @param {string} origin has `/usage`
 * @param {{ path: string, cookies: readonly (string | undefined)[], connections: number, seconds: number,
 *   bytes: number }} options `cookies`: sent in turn, all by one connection where there are fewer than connections;
 *   `bytes`: of a response that was looked at
 * @returns {Promise<Load>}
 * @throws AssertionError when a response was no success or is not as long as the one that was looked at
 */
export async function load(origin, { path, cookies, connections, seconds, bytes }) {
  const latencies = createHistogram({ figures: 3 });
  let [count, first, last] = [0, 0, 0];
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  let clients = 0;
  const before = await usage(origin);
  const began = performance.now();
  const run = autocannon({
    url: origin + path,
    connections,
    duration: seconds,
    sampleInt: 50,
    setupClient(client) {
      const at = clients++;
      const own = cookies.length < connections ? cookies : cookies.filter((_, index) => index % connections === at);
      client.setRequests(own.map((cookie) => ({ headers: { ...HEADERS, ...(cookie !== undefined && { cookie }) } })));
    },
  });
  run.on("response", (_client, _status, length, ms) => {
    last = performance.now();
    if (count++ === 0) first = last;
    latencies.record(Math.max(1, Math.round(ms * 1_000)));
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
  });
  const { errors, timeouts, non2xx } = await run;
  const used = (await usage(origin)) - before;
  const elapsed = performance.now() - began;
  assert.deepEqual({ errors, timeouts, non2xx }, { errors: 0, timeouts: 0, non2xx: 0 });
  assert.ok(count > 1, `${origin}${path} answered ${count} times`);
  // The lengths of sealed data vary, where base64 is percent-encoded by a twentieth. A response without its cookie
  // would be far shorter.
  const slack = Math.max(16, bytes * 0.1);
  assert.ok(
    shortest >= bytes - slack && longest <= bytes + slack,
    `responses of ${shortest} to ${longest} bytes instead of ${bytes}`,
  );
  return {
    rate: ((count - 1) * 1_000) / (last - first),
    p99: latencies.percentile(99) / 1_000,
    cpu: used / count,
    busy: used / 1_000 / elapsed,
  };
}

/** Of the server's process, in µs. */
async function usage(origin) {
  const { body } = await visit(`${origin}/usage`);
  return JSON.parse(body).cpu;
}
