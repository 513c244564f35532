import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Browser, post } from "./browser.mjs";
import { launch } from "./process.mjs";
import { openLink } from "./proxy.mjs";
import { randomness } from "./random.mjs";
import { SERVICES } from "./services.mjs";
import { queue, until } from "./wait.mjs";
/** @import { Operation } from "../checker/history.mjs" */
/** @import { Held } from "./browser.mjs" */
/** @import { Recorder } from "./recorder.mjs" */
/** @import { Program } from "./process.mjs" */

/** The clocks of the replicas, and lives of sessions that fit. */
export const CLOCKS = {
  /** Ten minutes off in either direction: no session ends by itself. */
  wide: {
    maxOffset: 600_000,
    skew: 25 * 60_000,
    manager: { idleTimeout: "2h", absoluteTimeout: "12h", renewAfter: "1s" },
  },
  /** Lives so short that sessions, and the list's entries, end by themselves all the time. */
  tight: {
    maxOffset: 300,
    skew: 1_000,
    manager: { idleTimeout: "8s", absoluteTimeout: "15s", renewAfter: "1s" },
  },
};

/** How long a request may wait for the list, in ms. */
const REVOCATION_TIMEOUT = 1_500;

/**
 * Replicas, the list that they share, and the network in between.
 *
 * @param {object} options
 * @param {keyof typeof SERVICES} options.store
 * @param {keyof typeof CLOCKS} options.clocks
 * @param {number} options.replicas
 * @param {number | string} options.seed
 * @param {Recorder} options.recorder
 */
export async function buildTown({ store: kind, clocks, replicas: count, seed, recorder }) {
  const random = randomness(seed, "town");
  const { maxOffset, skew, manager } = CLOCKS[clocks];
  const { bounds } = recorder.history();
  const { maxStaleness } = bounds;
  const secret = randomBytes(32).toString("base64url");
  const service = await SERVICES[kind]();
  const names = Array.from({ length: count }, (_, index) => `r${index + 1}`);
  /** @type {Map<string, Awaited<ReturnType<typeof start>>>} */
  const replicas = new Map();

  /** @param {string} name @param {number} driver */
  async function start(name, driver) {
    const link = await openLink(service);
    const settings = { store: kind, port: link.port, skew, driver, maxStaleness, secret };
    let offset = initialOffset(driver);
    /** @type {Program | undefined} */
    let program;
    const boot = async (/** @type {number | undefined} */ listen) => {
      const own = { listen, offset, manager: { ...manager, revocationTimeout: REVOCATION_TIMEOUT } };
      program = await launch("replica.mjs", { ...settings, ...own });
      const { port } = program;
      program.onCrash((output) => {
        recorder.crash(name, output);
        program = undefined;
        void turns.do(() => boot(port));
      });
      return port;
    };
    const turns = queue();
    const port = await boot(undefined);
    return {
      name,
      link,
      get port() {
        return program?.port;
      },
      /** @param {number} ms until it is started again */
      restart: (ms = 0) =>
        turns.do(async () => {
          const old = program;
          program = undefined;
          await old?.kill();
          await pause(ms);
          await boot(port);
        }),
      pause: (/** @type {number} */ ms) =>
        turns.do(async () => {
          program?.signal("SIGSTOP");
          await pause(ms);
          program?.signal("SIGCONT");
        }),
      /** @param {number} ms ahead of the true time */
      async setClock(ms) {
        offset = ms;
        await post(program?.port, "clock", { offset });
      },
      /** Resolves when everything that it had begun is over. */
      settle: () =>
        until(`${name} has settled`, async () => {
          const { answer } = await post(program?.port, "settle", {});
          if (answer.lost > 0) recorder.fault("(a driver lost calls)", name, { calls: answer.lost });
          return answer.result === undefined;
        }),
      output: () => program?.output() ?? "",
      async stop() {
        await turns.over().catch(() => undefined);
        await program?.kill();
        await link.close();
      },
    };
  }

  /** The first two are as far apart as can be. @param {number} index */
  function initialOffset(index) {
    if (index < 2) return index === 0 ? maxOffset : -maxOffset;
    return Math.round((random.next() * 2 - 1) * maxOffset);
  }

  for (const [name, replica] of await Promise.all(
    names.map(async (name, index) => /** @type {const} */ ([name, await start(name, index)])),
  ))
    replicas.set(name, replica);

  const store = queue();
  const origin = Date.now() - recorder.now();
  const town = {
    bounds,
    recorder,
    service,
    names,
    /** Every session that was ever handed out, with its latest cookies. @type {Map<string, Browser>} */
    wallet: new Map(),
    /** Told of each operation. @type {((operation: Operation, before: Held | undefined, browser: Browser) => void)[]} */
    listeners: [],
    /** @param {string} name */
    replica(name) {
      const found = replicas.get(name);
      if (!found) throw new Error(`there is no replica ${name}`);
      return found;
    },
    /** Replicas that are to be asked nothing that changes the list. @type {Set<string>} */
    readOnly: new Set(),
    /** A replica by chance. @param {import("./random.mjs").Randomness} random @param {string} kind of the request */
    somewhere(random, kind) {
      const able = kind === "visit" || kind === "write" ? names : names.filter((name) => !town.readOnly.has(name));
      return random.pick(able.length > 0 ? able : names);
    },
    portOf: (/** @type {string} */ name) => town.replica(name).port,
    /** In the history's time. @param {number | undefined} ms since the Unix epoch */
    trueTime: (ms) => (ms === undefined ? undefined : Math.round(ms - origin)),
    /** @param {Operation} operation @param {Held | undefined} before @param {Browser} browser */
    noted(operation, before, browser) {
      if (browser.held) town.wallet.set(browser.held.session, browser.copy("ghost"));
      for (const listener of town.listeners) listener(operation, before, browser);
    },
    restart: (/** @type {string} */ name, /** @type {number} */ ms) => town.replica(name).restart(ms),
    setClock: (/** @type {string} */ name, /** @type {number} */ ms) => town.replica(name).setClock(Math.round(ms)),
    pauseStore: (/** @type {number} */ ms) =>
      store.do(async () => {
        service.pause();
        await pause(ms);
        service.resume();
      }),
    restartStore: (/** @type {number} */ ms) =>
      store.do(async () => {
        await service.kill();
        await pause(ms / 2);
        await service.start();
      }),
    /** Ends all trouble, and waits until everybody can sign in again and nothing that was begun is still under way. */
    async settle() {
      await store.over();
      const all = [...replicas.values()];
      for (const { link } of all) link.heal();
      for (const replica of all) {
        await replica.pause(0);
        await until(`${replica.name} lets people sign in`, async () => {
          const { result } = await new Browser(town, "settler").ask(replica.name, "login", { argument: "settler" });
          return result === "ok";
        });
      }
      for (let round = 0; round < 2; round++) {
        await Promise.all(all.map((replica) => replica.settle()));
        await until("nothing is under way", () => all.every(({ link }) => link.idle()));
        await service.quiet();
        await pause(100);
      }
      recorder.settle();
    },
    async stop() {
      await store.over().catch(() => undefined);
      await Promise.all([...replicas.values()].map((replica) => replica.stop()));
      await service.stop();
    },
    output: () => [...replicas.values()].map((replica) => replica.output()).join(""),
  };
  return town;
}

/** @typedef {Awaited<ReturnType<typeof buildTown>>} Town */
