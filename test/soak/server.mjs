/*
 * One server of the soak, in a process of its own. Answers what it saw of the request's session and what it left, and
 * tells its parent of its memory when it is asked. Told to close, it closes what it opened and ends by itself, or not:
 * what then keeps it alive is a leak.
 */
import { createServer } from "node:http";
import express from "express";
import { createSessionManager, RevocationUnavailableError, SessionRejectedError } from "sealed-session";
import { keyringFile } from "sealed-session/keyring/file";
import { nodeJar, sessionMiddleware } from "sealed-session/node";

/** What keeps a bare process alive, its parent's channel aside. */
const atStart = resources();

const { framework, store, ring, options, maxStaleness } = JSON.parse(process.env.SOAK_SERVER);
const { skew } = options;
const problems = [];
process.on("warning", ({ name, message }) => {
  if (name !== "ExperimentalWarning") problems.push(`${name}: ${message}`);
});

const STORES = {
  async sqlite() {
    const { sqliteStore } = await import("sealed-session/revocation/sqlite");
    const list = sqliteStore(store.path, { skew });
    return { list, close: () => list.close() };
  },
  async redis() {
    const { redisStore } = await import("sealed-session/revocation/redis");
    const { replicated } = await import("sealed-session/revocation/replicated");
    const { createClient } = await import("redis");
    const client = createClient({ url: store.url });
    client.on("error", (error) => problems.push(`Redis: ${error.message}`));
    await client.connect();
    const list = replicated(redisStore(client, { skew }), { maxStaleness, skew });
    return {
      list,
      async close() {
        await list.close();
        await client.close();
      },
    };
  },
};

const { list, close } = await STORES[store.kind]();
const keyring = keyringFile(ring, {
  interval: "500ms",
  onChange: () => void noteLateness(),
  onError: (error) => problems.push(`ring: ${error.message}`),
});
const sessions = createSessionManager({ name: "soak", keyring, revocation: list, ...options });
await sessions.ready();

/** A ring that comes after its newest key began to seal elsewhere signs people out, and that is not the library's fault. */
async function noteLateness() {
  const [{ id, activateAt }] = await sessions.keys();
  if (!known.has(id) && Date.now() > activateAt) problems.push(`key ${id} came too late: the machine is too busy`);
  known.add(id);
}
const known = new Set((await sessions.keys()).map(({ id }) => id));

/** What the request's session is, as its holder may see it; the id as well, for whoever ends it from outside. */
const view = ({ id, subject, isNew, rejection }, value) => ({ id, subject, value, isNew, rejection });

/** What a request may ask for, of the session of the core. */
const VERBS = {
  read: (session) => session.save(),
  write(session, value) {
    session.data.value = value;
    return session.save();
  },
  login: (session, subject) => session.login(subject),
  regenerate: (session) => session.regenerate(),
  // It may have been a user's when the request was sent.
  revokeOthers: (session) => session.subject !== undefined && session.revokeOthers(),
  logout: (session) => session.destroy(),
};

/** And of `req.session`, which saves by itself. */
const EXPRESS_VERBS = {
  read() {},
  write(session, value) {
    session.value = value;
  },
  login: VERBS.login,
  revokeOthers: VERBS.revokeOthers,
  logout: VERBS.logout,
};

/** What ends sessions without one of them. */
const ORDERS = {
  revokeSession: (id) => sessions.revokeSession(id),
  revokeSubject: (subject) => sessions.revokeSubject(subject),
};

/** Does it, unless the session ends while the request runs. @returns why it did */
async function perform(work) {
  try {
    const { written, reason } = (await work()) || {};
    return written === false && (reason === "idle" || reason === "expired") ? reason : undefined;
  } catch (error) {
    if (error instanceof SessionRejectedError) return error.reason;
    throw error;
  }
}

const asked = (request) => {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  return { path: pathname, verb: searchParams.get("verb"), argument: searchParams.get("argument") };
};

async function answer(request, response) {
  const { path, verb, argument } = asked(request);
  if (path === "/order") return ORDERS[verb](argument);
  const session = await sessions.open(nodeJar(request, response));
  const opened = view(session, session.data.value);
  const ended = await perform(() => VERBS[verb](session, argument));
  return { opened, ended, left: view(session, session.data.value) };
}

async function expressAnswer(request) {
  const { verb, argument } = asked(request);
  const { session } = request;
  const opened = view(session, session.value);
  const ended = await perform(() => EXPRESS_VERBS[verb](session, argument));
  // After a sign-out there is none.
  return { opened, ended, left: request.session && view(request.session, request.session.value) };
}

const SERVERS = {
  node: () =>
    createServer((request, response) => {
      answer(request, response).then(
        (body) => response.end(JSON.stringify(body ?? {})),
        (error) => {
          response.statusCode = error instanceof RevocationUnavailableError ? 503 : 500;
          response.end(String(error.stack));
        },
      );
    }),
  express() {
    const app = express();
    app.post("/order", (request, response, next) => {
      const { verb, argument } = asked(request);
      ORDERS[verb](argument).then(() => response.json({}), next);
    });
    app.use(sessionMiddleware(sessions));
    app.post("/visit", (request, response, next) => {
      expressAnswer(request).then((body) => response.json(body), next);
    });
    return createServer(app);
  },
};

/** What keeps the process alive, counted by kind. The channel to the parent is not the server's. */
function resources() {
  const counts = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function memory() {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}

const newId = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

/** Fills what is bounded, so that it does not look like a leak while it fills: sign-ins in the place of others. */
async function storm(count) {
  const until = Date.now() + 1_000;
  for (let i = 0; i < count; i++) {
    const replaces = [{ sid: newId(), until, linked: true }];
    await list.issue({ sid: newId(), subject: "storm", replaces });
  }
}

const server = SERVERS[framework]();

const COMMANDS = {
  sample: memory,
  storm,
  async close() {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await close();
    process.channel.unref();
    // What is being closed takes a turn or two.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    return { problems, atStart, atEnd: resources() };
  },
};

/** What fails here ends the process, and its parent says so. */
async function obey({ command, argument }) {
  const result = await COMMANDS[command](argument);
  process.send({ command, result }, () => command === "close" && process.disconnect());
}

process.on("message", (message) => void obey(message));
// Whoever started it is gone, and was not waiting for anything.
process.on("disconnect", () => server.listening && process.exit(1));
server.listen(0, "127.0.0.1", () => process.send({ command: "listening", result: server.address().port }));
