/*
 * A TCP proxy: the network between one replica and the store.
 *
 * What a network may do to TCP is less than what it may do to packets: within a connection, bytes arrive once, in
 * order, or not at all. So "reorder" means connections against each other, of one replica or of several: each has its
 * own delay. "Drop" means that from some byte on nothing arrives any more, without either end being told; the
 * connection dies of it later.
 */
import { connect, createServer } from "node:net";
import { once } from "node:events";

/**
 * @typedef {"up" | "down"} Way up: to the store
 *
 * @typedef {object} Weather
 * @property {(way: Way) => (() => number)} delay given for each connection: how long the next bytes take, in ms
 * @property {ReadonlySet<Way>} held ways on which nothing moves until the weather changes; it moves then
 * @property {ReadonlySet<Way>} swallowed ways on which everything is lost from now on
 * @property {boolean} refused whether new connections are reset at once
 */

/** @type {Weather} */
const FINE = { delay: () => () => 0, held: new Set(), swallowed: new Set(), refused: false };

/**
 * @param {{ readonly port: number }} target on the loopback interface
 */
export async function openLink(target) {
  /** @type {Set<Connection>} */
  const connections = new Set();
  /** @type {Map<string, Partial<Weather>>} */
  const layers = new Map();
  let weather = FINE;
  const server = createServer((client) => {
    if (weather.refused) {
      client.resetAndDestroy();
      return;
    }
    const connection = join(client, connect(target.port, "127.0.0.1"), weather);
    connections.add(connection);
    void connection.closed.then(() => connections.delete(connection));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const change = () => {
    weather = layers.size === 0 ? FINE : together([...layers.values()]);
    for (const connection of connections) connection.change(weather);
  };
  return {
    port,
    /** How many connections there are. */
    get size() {
      return connections.size;
    },
    /** Several may make trouble at once. @param {string} who @param {Partial<Weather>} trouble what is left out is fine */
    set(who, trouble) {
      layers.set(who, trouble);
      change();
    },
    /** What was delayed or held arrives, and connections that lost something are reset. @param {string} [who] everybody */
    heal(who) {
      if (who === undefined) layers.clear();
      else layers.delete(who);
      change();
    },
    /** Resets every connection, or one. What is under way to the store arrives all the same. @param {() => number} [pick] */
    cut(pick) {
      const all = [...connections];
      const some = pick ? all.slice(Math.floor(pick() * all.length)).slice(0, 1) : all;
      for (const connection of some) connection.cut();
    },
    /** Whether something is wrong with it right now. */
    get troubled() {
      return layers.size > 0;
    },
    /** Whether nothing is under way. */
    idle: () => [...connections].every((connection) => connection.idle()),
    async close() {
      server.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

/** @param {readonly Partial<Weather>[]} layers @returns {Weather} */
function together(layers) {
  return {
    delay: layers.findLast(({ delay }) => delay)?.delay ?? FINE.delay,
    held: new Set(layers.flatMap(({ held = [] }) => [...held])),
    swallowed: new Set(layers.flatMap(({ swallowed = [] }) => [...swallowed])),
    refused: layers.some(({ refused }) => refused),
  };
}

/** @typedef {Awaited<ReturnType<typeof openLink>>} Link */
/** @typedef {ReturnType<typeof join>} Connection */

/**
 * @param {import("node:net").Socket} client
 * @param {import("node:net").Socket} store
 * @param {Weather} weather
 */
function join(client, store, weather) {
  const up = pipe("up", client, store, weather);
  const down = pipe("down", store, client, weather);
  client.setNoDelay(true);
  store.setNoDelay(true);
  const destroy = () => {
    up.stop();
    down.stop();
    client.destroy();
    store.destroy();
  };
  // An end that broke cannot be told more; what it sent before is still under way to the other.
  client.on("error", () => up.finish());
  store.on("error", () => down.finish());
  // Not `once`, which rejects when there was an error.
  const closed = Promise.all([client, store].map((socket) => new Promise((resolve) => socket.on("close", resolve))));
  return {
    closed,
    destroy,
    idle: () => up.idle() && down.idle(),
    cut() {
      down.stop();
      client.resetAndDestroy();
      up.finish();
    },
    /** @param {Weather} next */
    change(next) {
      const lost = (up.lost() && !next.swallowed.has("up")) || (down.lost() && !next.swallowed.has("down"));
      if (lost) {
        up.stop();
        down.stop();
        client.resetAndDestroy();
        store.resetAndDestroy();
        return;
      }
      up.change(next);
      down.change(next);
    },
  };
}

/**
 * One way of a connection: a queue, delivered in order.
 *
 * @param {Way} way
 * @param {import("node:net").Socket} from
 * @param {import("node:net").Socket} to
 * @param {Weather} initial
 */
function pipe(way, from, to, initial) {
  /** @type {{ readonly bytes: Buffer | undefined, readonly due: number }[]} nothing: the sender has ended */
  let queue = [];
  let weather = initial;
  let delay = weather.delay(way);
  let lost = false;
  let ended = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const deliver = () => {
    clearTimeout(timer);
    if (weather.held.has(way)) return;
    while (queue.length > 0) {
      const [{ bytes, due }] = /** @type {[typeof queue[0]]} */ (queue);
      const wait = due - performance.now();
      if (wait > 0) {
        timer = setTimeout(deliver, wait);
        return;
      }
      queue.shift();
      if (to.destroyed) continue;
      if (bytes) to.write(bytes);
      else to.end();
    }
  };
  const put = (/** @type {Buffer | undefined} */ bytes) => {
    if (weather.swallowed.has(way)) lost = true;
    if (lost || ended) return;
    ended = bytes === undefined;
    // Never before what was sent earlier.
    queue.push({ bytes, due: Math.max(performance.now() + delay(), queue.at(-1)?.due ?? 0) });
    deliver();
  };
  from.on("data", put);
  from.on("end", () => put(undefined));
  from.on("close", () => put(undefined));
  return {
    finish: () => put(undefined),
    lost: () => lost,
    idle: () => queue.length === 0,
    stop() {
      clearTimeout(timer);
      queue = [];
      ended = true;
    },
    /** @param {Weather} next */
    change(next) {
      weather = next;
      delay = next.delay(way);
      if (next === FINE) queue = queue.map(({ bytes }) => ({ bytes, due: 0 }));
      deliver();
    },
  };
}
