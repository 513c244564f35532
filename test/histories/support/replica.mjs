/*
 * One application server of a history: a process of its own, with its own copy of the list and its own clock.
 *
 * POST /<verb> with { argument, pause } as its body and the browser's cookies does what the verb says to the request's
 * session, and answers what it made of it. With `pause` it waits so many ms between opening the session and the verb.
 * POST /clock sets the clock, POST /settle answers when everything that had begun is over.
 */
import { setOffset } from "./skewed-clock.mjs";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { createSessionManager, RevocationUnavailableError, SessionRejectedError } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { replicated } from "sealed-session/revocation/replicated";
import { STORES } from "./stores.mjs";

const settings = JSON.parse(process.env.HISTORY_SETTINGS);
setOffset(settings.offset);

/** What has begun and is not over: requests, and calls of the store that nobody may be waiting for any more. */
const begun = new Set();
const follow = (promise) => {
  begun.add(promise);
  const over = () => begun.delete(promise);
  promise.then(over, over);
  return promise;
};

function followed(store) {
  const wrap = (method) =>
    typeof method === "function" ? (...args) => follow(Promise.resolve(method.apply(store, args))) : method;
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => [name, name === "watch" ? method : wrap(method)]),
  );
}

const { port, skew, driver, maxStaleness } = settings;
const store = await STORES[settings.store]({ port, skew, driver });
const { watch, ...unwatched } = followed(store);
const inner = settings.watch === false || !watch ? unwatched : { ...unwatched, watch: (wake) => store.watch(wake) };
const list = settings.replicated === false ? inner : replicated(inner, { maxStaleness, skew });
const sessions = createSessionManager({
  name: "history",
  keyring: settings.secret,
  revocation: list,
  skew,
  ...settings.manager,
});

/** Only this leaves the process: neither the id nor a part of it. */
const label = (id) => createHash("sha256").update(id).digest("base64url").slice(0, 12);
const describe = (session) => ({
  session: label(session.id),
  subject: session.subject,
  deadline: session.expiresAt?.getTime(),
});

let writes = process.pid * 1_000_000;

/** @returns what became of it: "ok", or why it was refused */
const VERBS = {
  async visit(session) {
    const { written, reason } = await session.save();
    return written || reason === "unchanged" ? "ok" : reason;
  },
  async write(session) {
    session.data.count = ++writes;
    const { written, reason } = await session.save();
    return written ? "ok" : reason;
  },
  login: (session, subject) => session.login(subject),
  regenerate: (session) => session.regenerate(),
  revokeOthers: (session) => session.revokeOthers(),
  logout: (session) => session.destroy(),
};
VERBS.begin = VERBS.write;

/** Of an administrator, who carries no cookie. */
const ORDERS = {
  revokeSession: (id) => sessions.revokeSession(id),
  revokeSubject: (subject) => sessions.revokeSubject(subject),
  revokeAll: () => sessions.revokeAll(),
};

/** These begin something whatever became of the session that the request brought. */
const NEED_NO_SESSION = new Set(["login", "logout", "begin"]);

async function attempt(answer, work) {
  try {
    answer.result = (await work()) ?? "ok";
  } catch (error) {
    if (error instanceof SessionRejectedError) answer.result = error.reason;
    else if (error instanceof RevocationUnavailableError) answer.result = "unavailable";
    else Object.assign(answer, { result: "error", message: `${error.name}: ${error.message}` });
    if (error instanceof RevocationUnavailableError)
      answer.why = String(error.cause?.message ?? error.cause).slice(0, 120);
  }
  return answer;
}

async function visit(verb, { argument, wait, unopened }, jar) {
  const answer = {};
  if (unopened) return attempt(answer, () => sessions.destroy(jar));
  let session;
  await attempt(answer, async () => {
    session = await sessions.open(jar);
  });
  if (!session) return { ...answer, opened: answer.result };
  const carried = session.isNew ? undefined : describe(session);
  answer.opened = session.rejection ?? (session.isNew ? "nobody" : "accepted");
  answer.seen = carried;
  if (session.isNew && !NEED_NO_SESSION.has(verb)) return { ...answer, result: answer.opened };
  if (wait) await pause(wait);
  await attempt(answer, () => VERBS[verb](session, argument));
  if (answer.result !== "ok" || verb === "logout") return answer;
  // The id itself is for the administrator who will end it; the history gets the label.
  return { ...answer, left: { ...describe(session), id: session.id } };
}

/** A call that is not answered by then, in ms, never will be: drivers lose some when connections break. */
const LOST = 5_000;

async function settle() {
  const before = [...begun];
  await Promise.race([Promise.allSettled(before), pause(LOST)]);
  const lost = before.filter((promise) => begun.delete(promise)).length;
  return { lost };
}

async function answer(request, response) {
  const verb = request.url.slice(1);
  const body = await json(request);
  if (verb === "clock") return setOffset(body.offset);
  if (verb === "settle") return settle();
  if (verb === "stats") return list.stats();
  const work = ORDERS[verb]
    ? attempt({}, () => ORDERS[verb](body.argument))
    : visit(verb, body, nodeJar(request, response));
  return follow(work);
}

const server = createServer((request, response) => {
  answer(request, response).then(
    (body) => response.end(JSON.stringify(body ?? {})),
    (error) => response.writeHead(500).end(String(error.stack)),
  );
});
// As Node does by itself, but with what the driver was about.
process.on("unhandledRejection", (error) => {
  console.error("unhandled rejection:", error, error?.query);
  process.exit(1);
});
// Whoever started it is gone.
process.on("disconnect", () => process.exit());
server.listen(settings.listen ?? 0, "127.0.0.1", () => process.send({ port: server.address().port }));
