import {
  createKeyring,
  createSealer,
  createSessionManager,
  memoryStore,
  parseKeyring,
  type SessionEventHandlers,
} from "sealed-session";
import { webJar } from "sealed-session/web";
import { afterEach, expect, test, vi } from "vitest";
import { formsOf, printed } from "../support/printed.js";
import { Browser, SECRET, visit } from "../support/sessions.js";

/* I9: what each thing prints. */

afterEach(() => {
  vi.restoreAllMocks();
});

const EVENTS = [
  "created",
  "updated",
  "renewed",
  "regenerated",
  "destroyed",
  "rejected",
  "revoked",
  "unchecked",
] as const;

function listener(events: unknown[]): SessionEventHandlers {
  return Object.fromEntries(EVENTS.map((name) => [name, (event: unknown) => void events.push(event)]));
}

let count = 0;

function setUp() {
  const name = `secrecy-${process.pid}-${count++}`;
  const events: { type: string }[] = [];
  const outage = { on: false };
  const list = memoryStore({ name });
  let now = Date.UTC(2026, 0, 1);
  const sessions = createSessionManager<Record<string, unknown>>({
    name,
    keyring: SECRET,
    clock: () => now,
    onRevocationOutage: "accept",
    on: listener(events),
    revocation: {
      ...list,
      check: (query) => {
        if (outage.on) throw new Error("no connection");
        return list.check(query);
      },
      regenerate: (query) => {
        if (outage.on) throw new Error("no connection");
        return list.regenerate(query);
      },
    },
  });
  return { sessions, events, outage, pass: (ms: number) => (now += ms) };
}

test("neither a session nor a manager shows an id, data or a secret", async () => {
  const { sessions } = setUp();
  const { session, setCookies } = await visit(sessions, "");
  session.data["card"] = "4111-1111";
  await session.login("user-42");
  const [line = ""] = setCookies();
  const hidden = [session.id, "4111-1111", line.slice(line.indexOf("=") + 1, line.indexOf(";")), ...formsOf(SECRET)];
  for (const value of [session, sessions, { nested: [session] }, await sessions.keys(), session.info()]) {
    for (const secret of hidden) expect(printed(value)).not.toContain(secret);
  }
  expect(printed(session)).toContain(session.maskedId);
  expect(session.id).not.toBe(session.maskedId);
  expect(session.maskedId.length).toBeLessThan(10);
});

test("a key ring and a sealer show no secret", () => {
  const other = "Zr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2xkX3vJm0q";
  const activateAt = Date.UTC(2026, 0, 1);
  const rings = [
    createKeyring(SECRET),
    createKeyring([SECRET, other]),
    createKeyring({
      keys: [
        { id: "a", secret: SECRET, activateAt },
        { id: "b", secret: other, activateAt: activateAt + 1 },
      ],
    }),
    parseKeyring(`sealed_ring_1,key:id=a:secret=${SECRET}:activate=${activateAt}`),
    createSealer({ keyring: SECRET, purpose: "mail" }),
  ];
  for (const ring of rings) {
    for (const secret of [...formsOf(SECRET), ...formsOf(other)]) expect(printed(ring)).not.toContain(secret);
  }
});

test("a refused key ring does not repeat its secret in the error", () => {
  const weak = "hunter2-hunter2-hunter2-hunter2-hunter2";
  const attempts = [
    () => createKeyring(weak),
    () => createKeyring([SECRET, SECRET]),
    () => createKeyring(SECRET.slice(0, 20)),
    () => parseKeyring(`sealed_key_${SECRET}`),
    () => parseKeyring(`sealed_ring_9,key:id=a:secret=${SECRET}:activate=1`),
    () => parseKeyring(`sealed_ring_1,key:id=a:${SECRET}:activate=1`),
    () => parseKeyring(`sealed_ring_1,${SECRET}`),
    () => parseKeyring(`sealed_ring_1,key:id=a:secret=${SECRET}:secret=${SECRET}:activate=1`),
    () => createKeyring({ keys: [{ id: "a", secret: weak, activateAt: 1 }] }),
    () => createKeyring({ keys: [{ id: "a", secret: SECRET, activateAt: 1, retireAt: 2 }] }),
  ];
  for (const [index, attempt] of attempts.entries()) {
    const error = caught(attempt);
    expect(error, `attempt ${index}`).toBeInstanceOf(Error);
    for (const secret of [weak, weak.slice(0, 14), SECRET.slice(0, 12)]) expect(printed(error)).not.toContain(secret);
  }
});

function caught(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
}

test("events and errors carry masked ids and no cookies, whatever happens", async () => {
  const { sessions, events, outage, pass } = setUp();
  const browser = new Browser();
  const ids: string[] = [];
  const errors: unknown[] = [];
  const run = async (
    verb: (session: Awaited<ReturnType<typeof visit<Record<string, unknown>>>>["session"]) => Promise<unknown>,
  ): Promise<void> => {
    const { session, setCookies } = await visit(sessions, browser.header);
    ids.push(session.id);
    await verb(session).catch((error: unknown) => errors.push(error));
    ids.push(session.id);
    browser.store(setCookies());
  };
  await run((session) => session.revokeOthers());
  await run((session) => {
    session.data["n"] = 1;
    return session.save();
  });
  await run((session) => session.login("user-42"));
  const old = browser.header;
  await run((session) => {
    session.data["n"] = 2;
    return session.save();
  });
  pass(50 * 60_000);
  await run((session) => session.save());
  await run((session) => session.regenerate());
  await visit(sessions, old);
  await run((session) => session.revokeOthers());
  outage.on = true;
  await run((session) => session.revokeOthers());
  outage.on = false;
  await run((session) => sessions.revokeSession(session.id, { note: "by hand" }));
  await visit(sessions, browser.header.replace(/.$/, "!"));
  await run((session) => session.login("user-42"));
  const headers = new Headers();
  await run(async (session) => {
    await sessions.revokeSubject("user-42");
    await sessions.revokeAll();
    await session.regenerate();
  });
  await sessions.destroy(webJar(new Request("http://localhost/", { headers: { cookie: browser.header } }), headers));

  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENTS));
  expect(errors.length).toBeGreaterThanOrEqual(3);
  const token = /Fe26\.2\*/;
  for (const value of [...events, ...errors]) {
    const text = printed(value);
    for (const id of ids) expect(text).not.toContain(id);
    expect(text).not.toMatch(token);
    for (const secret of formsOf(SECRET)) expect(text).not.toContain(secret);
  }
});
