import { createSealer, createSessionManager, memoryStore, parseKeyring } from "sealed-session";
import { newBrowser } from "./browser.mjs";
import { equal } from "./expect.mjs";
import { visit } from "./visitor.mjs";

/** Each scenario of test/vectors/kit, as its README says that an implementation does. */
export function vectorChecks({ vectors }) {
  return Object.fromEntries(
    vectors.map((vector) => [
      `test vector: ${vector.path}`,
      async () => equal(await OUTCOMES[vector.kind](vector), expectedOf(vector), "what came of it"),
    ]),
  );
}

/** What comes of a file's body, by its kind: as its headers say it. */
const OUTCOMES = { token: openToken, session: openSession, flash: openFlash, secret: readSecret, ring: readRing };

/** The headers that tell an outcome, for each kind; JSON in some. */
const TOLD = {
  token: ["plaintext"],
  session: ["sid", "subject", "data", "issued", "last-seen", "deadline", "lineage"],
  flash: ["messages"],
  secret: ["kid"],
  ring: ["keys"],
};
const JSON_TEXTS = new Set(["plaintext", "data", "messages"]);

function expectedOf(vector) {
  const told = TOLD[vector.kind].filter((name) => vector.expect === "open" && vector[name] !== undefined);
  const values = told.map((name) => [name, JSON_TEXTS.has(name) ? JSON.parse(vector[name]) : vector[name]]);
  return { expect: vector.expect, ...Object.fromEntries(values) };
}

async function openToken({ keyring, purpose, now, body }) {
  const sealer = createSealer({ keyring, purpose, clock: () => Number(now) });
  try {
    return { expect: "open", plaintext: await sealer.open(body) };
  } catch (error) {
    if (error.code !== "ERR_SEAL") throw error;
    return { expect: error.reason };
  }
}

let count = 0;

function managerOf({ keyring, name, now, ...vector }, options) {
  const clock = () => Number(now);
  // A list of its own: the sessions of all files are called the same.
  const revocation = memoryStore({ name: `vectors-${++count}`, clock });
  return createSessionManager({
    name,
    keyring,
    clock,
    revocation,
    schemaVersion: Number(vector["schema-version"] ?? 0),
    ...options,
  });
}

/** The header that a browser with these cookies sends. */
const headerOf = ({ body }) => body.split("\n").join("; ");
const requestOf = (vector) => ({ ...newBrowser(), header: () => headerOf(vector) });

async function openSession(vector) {
  const time = (name) => Number(vector[name]);
  const manager = managerOf(vector, {
    idleTimeout: time("idle-timeout"),
    absoluteTimeout: time("absolute-timeout"),
    remember: { idleTimeout: time("remember-idle-timeout"), absoluteTimeout: time("remember-absolute-timeout") },
    skew: time("skew"),
  });
  const { session } = await visit(manager, requestOf(vector));
  if (session.isNew) return { expect: session.rejection ?? "absent" };
  return {
    expect: "open",
    sid: session.id,
    ...(session.subject !== undefined && { subject: session.subject }),
    data: session.data,
    issued: String(session.issuedAt.getTime()),
    "last-seen": String(session.lastSeenAt.getTime()),
    deadline: String(session.expiresAt.getTime()),
    lineage: session.info().lineage.join(" "),
  };
}

/** What the kit's messages are called. */
const MESSAGES = ["notice", "warning", "__proto__", "1"];

async function openFlash(vector) {
  const { session } = await visit(managerOf(vector), requestOf(vector));
  const shown = MESSAGES.filter((name) => session.hasFlash(name)).map((name) => [name, session.flash(name)]);
  return shown.length === 0 ? { expect: "absent" } : { expect: "open", messages: Object.fromEntries(shown) };
}

/** A ring's keys, through a manager whose timeouts no policy forbids. @returns nothing for a ring that is refused */
async function keysOf({ body, now = "0" }) {
  try {
    const keyring = parseKeyring(body);
    return await managerOf({ keyring, name: "app", now }, { idleTimeout: 1_000, absoluteTimeout: 1_000 }).keys();
  } catch (error) {
    if (error.code !== "ERR_KEYRING" && error.code !== "ERR_CONFIGURATION") throw error;
    return undefined;
  }
}

async function readSecret(vector) {
  const [key] = (await keysOf(vector)) ?? [];
  return key ? { expect: "open", kid: key.id } : { expect: "refused" };
}

async function readRing(vector) {
  const keys = await keysOf(vector);
  if (!keys) return { expect: "refused" };
  const states = keys.map(({ id, state }) => `${id}=${state}`);
  return { expect: "open", keys: states.sort().join(" ") };
}
