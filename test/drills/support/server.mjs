/*
 * One application server of a drill: a process of its own, with its own copy of the ring file and its own clock.
 *
 * POST /visit?verb=… opens the request's session, does what the verb says, and answers what it saw and what it left in
 * the browser. With `hold` it waits between the two until somebody asks for /release.
 * POST /report answers what the server noticed so far.
 */
import { createServer } from "node:http";
import { createSessionManager, SessionRejectedError } from "sealed-session";
import { keyringFile } from "sealed-session/keyring/file";
import { nodeJar } from "sealed-session/node";
import { remoteStore } from "./remote-store.mjs";

const { ring, allow, clockOffset, store, lifetimes } = JSON.parse(process.env.DRILL_SETTINGS);
const clock = () => Date.now() + clockOffset;
const report = { samples: 0, faults: [], rejected: [], sealedWith: [], revision: 0, ringErrors: [], held: 0 };
let release = [];

const keyring = keyringFile(ring, {
  allow,
  interval: "200ms",
  onChange: ({ revision }) => (report.revision = revision),
  onError: (error) => report.ringErrors.push(error.message),
});
const sessions = createSessionManager({
  name: "drill",
  keyring,
  clock,
  revocation: remoteStore(store),
  // A busy machine is no outage.
  revocationTimeout: "30s",
  on: { rejected: ({ reason }) => report.rejected.push(reason) },
  ...lifetimes,
});

const VERBS = {
  read: (session) => session.save(),
  async write(session, value) {
    // Whoever's session is over is asked to sign in again, rather than begin a guest's beside it.
    if (session.rejection) return { written: false, reason: session.rejection };
    session.data.value = value;
    return session.save();
  },
  login: (session, subject) => session.login(subject),
  regenerate: (session) => session.regenerate(),
  logout: (session) => session.destroy(),
};

/** The keys as this server sees them now. Exactly one of them may seal. */
async function view() {
  const keys = await sessions.keys();
  const active = keys.filter(({ state }) => state === "active").map(({ id }) => id);
  report.samples++;
  if (active.length !== 1) report.faults.push(`${active.length} keys seal: ${active.join(", ")}`);
  return { active: active[0], states: Object.fromEntries(keys.map(({ id, state }) => [id, state])) };
}

/** The session as it stands now. */
function describe(session) {
  const { maskedId, subject, isNew, rejection } = session;
  const { keyId, lineage } = session.info();
  const deadline = session.expiresAt?.getTime();
  return { id: maskedId, subject, isNew, rejection, keyId, lineage, deadline, value: session.data.value, at: clock() };
}

async function perform(verb, session, argument) {
  try {
    return (await VERBS[verb](session, argument)) ?? {};
  } catch (error) {
    if (error instanceof SessionRejectedError) return { written: false, reason: error.reason };
    throw error;
  }
}

/** Notes which keys sealed the response's cookies: only the one that was active while the request ran may have. */
function noteSealing(setCookies, before, after) {
  for (const line of setCookies) {
    const [, token, renewal] = /=Fe26\.2\*(\w+)\*|\.seen=\d+\.\d+\.(\w+)\./.exec(line) ?? [];
    const kid = token ?? renewal;
    if (kid === undefined) continue;
    if (!report.sealedWith.includes(kid)) report.sealedWith.push(kid);
    if (kid !== before.active && kid !== after.active) {
      report.faults.push(`sealed with ${kid} while ${before.active} and then ${after.active} was active`);
    }
  }
}

async function visit(request, response, query) {
  const { states } = await view();
  const session = await sessions.open(nodeJar(request, response));
  const opened = describe(session);
  if (query.has("hold")) {
    report.held++;
    await new Promise((resolve) => release.push(resolve));
  }
  const before = await view();
  const outcome = await perform(query.get("verb"), session, query.get("argument"));
  noteSealing([response.getHeader("Set-Cookie") ?? []].flat(), before, await view());
  return { states, opened, outcome, left: describe(session) };
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  if (pathname === "/visit") return visit(request, response, searchParams);
  if (pathname === "/release") {
    for (const go of release) go();
    release = [];
  }
  return { ...report, ...(await view()) };
}

const server = createServer((request, response) => {
  answer(request, response).then(
    (body) => response.end(JSON.stringify(body)),
    (error) => response.writeHead(500).end(String(error.stack)),
  );
});

report.revision = (await keyring.load()).revision;
await sessions.ready();
setInterval(() => void view(), 20);
// Whoever started it is gone.
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
