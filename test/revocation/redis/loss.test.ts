import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { type RedisOptions, type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS, newSid, openStore } from "./clients.js";

const HOUR = 3_600_000;

let server: RedisServer;
afterEach(() => server.remove());

async function start(options?: RedisOptions): Promise<RedisServer> {
  server = await startRedis(options);
  return server;
}

async function statusOf(store: RevocationStore, sid: string) {
  return (await store.check({ sid })).session;
}

async function signIn(store: RevocationStore, subject = "ada") {
  const sid = newSid();
  const at = Date.now();
  const until = at + HOUR;
  const id = newSid();
  const generations = await store.issue({ sid, subject, signIn: { id, at, until } });
  return { sid, subject, until, generations, id };
}

/** Runs while the server is away; what it was told since `save` is gone when it is back. */
async function forgetSinceSaved(): Promise<void> {
  await server.kill();
  server.restore();
  await server.start();
}

describe.each(CLIENTS)("a Redis that fails, over $name", ({ connect }) => {
  test("what was revoked is still revoked after SIGKILL, where each write reaches the disk", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    const sid = newSid();
    await store.revokeSession(sid);
    const { list } = await store.stats();
    await server.kill();
    await server.start();
    // Another process: it remembers nothing.
    const { store: other } = await openStore(connect(server));
    expect(await statusOf(other, sid)).toBe("revoked");
    expect((await other.stats()).list).toBe(list);
    expect(await statusOf(store, sid)).toBe("revoked");
  });

  test("a new id that was given, and asked for again because the answer was lost, is given again", async () => {
    const { store } = await openStore(connect(await start()));
    const { sid, subject, until, generations } = await signIn(store);
    const step = { sid, next: newSid(), subject, generations, until };
    expect(await store.regenerate(step)).toEqual(generations);
    expect(await store.regenerate(step)).toEqual(generations);
    expect(await store.regenerate({ ...step, next: newSid() })).toBe("superseded");
    expect(await store.regenerate({ ...step, endOthers: true })).toBe("superseded");
    await store.revokeSubject(subject);
    expect(await store.regenerate(step)).toBe("revoked");
    await store.revokeSession(sid);
    expect(await store.regenerate(step)).toBe("revoked");
    expect(await statusOf(store, step.next)).toBe("revoked");
  });

  test("a restart without what was stored signs everyone out, and a sign-in afterwards works", async () => {
    const { store } = await openStore(connect(await start()));
    const session = await signIn(store);
    await server.kill();
    await server.start();
    const { store: other } = await openStore(connect(server));
    expect((await other.check(session)).generations.all).toBeGreaterThan(session.generations.all);
    const again = await signIn(store);
    expect((await other.check(again)).generations).toEqual(again.generations);
  });

  test("FLUSHALL signs everyone out, while clients live", async () => {
    const { store } = await openStore(connect(await start()));
    await store.announce(HOUR);
    const session = await signIn(store);
    await store.revokeKeys(["k1"]);
    await server.command("FLUSHALL");
    const facts = await store.check({ sid: session.sid, subject: "ada", keys: ["k1"] });
    expect(facts.generations.all).toBeGreaterThan(session.generations.all);
    expect(facts.revokedKeys).toEqual(["k1"]);
    expect((await store.stats()).retention).toBe(HOUR);
    expect(await store.directory?.count()).toBe(0);
  });

  test.each(["list", "entries", "order", "until", "since", "once"])(
    "a list that lost a part of itself (%s) is a lost list",
    async (part) => {
      const { store } = await openStore(connect(await start()));
      await store.announce(HOUR);
      const session = await signIn(store);
      await store.revokeSession(newSid());
      await store.revokeSession(newSid(), Date.now() + HOUR);
      await store.useOnce("token", Date.now() + HOUR);
      const before = await store.stats();
      await server.command("DEL", `{sealed-session}:${part}`);
      const { store: other } = await openStore(connect(server));
      expect((await other.check(session)).generations.all).toBeGreaterThan(session.generations.all);
      expect((await other.stats()).list).not.toBe(before.list);
    },
  );

  test("one that forgot the last writes is told them again, before it is believed", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    const [ended, replaced, moved] = [await signIn(store), await signIn(store, "bob"), await signIn(store, "carol")];
    server.save();
    await store.revokeSession(ended.sid, ended.until);
    await store.revokeKeys(["k1"]);
    const next = await signIn(store, "bob");
    await store.issue({ sid: next.sid, subject: "bob", replaces: [{ ...replaced, linked: true }] });
    const successor = newSid();
    await store.regenerate({ ...moved, next: successor });
    const generation = await store.revokeSubject("dan");
    const all = await store.revokeAll();
    expect(await store.useOnce("token", Date.now() + HOUR)).toBe(true);
    await forgetSinceSaved();

    expect(await statusOf(store, ended.sid)).toBe("revoked");
    const { store: other } = await openStore(connect(server));
    const facts = await other.check({ sid: ended.sid, subject: "dan", keys: ["k1"] });
    expect(facts).toEqual({ session: "revoked", generations: { all, subject: generation }, revokedKeys: ["k1"] });
    expect([await statusOf(other, replaced.sid), await statusOf(other, moved.sid)]).toEqual([
      "superseded",
      "superseded",
    ]);
    expect(await other.useOnce("token", Date.now() + HOUR)).toBe(false);
    await other.revokeSession(replaced.sid);
    await other.revokeSession(moved.sid);
    expect([await statusOf(other, next.sid), await statusOf(other, successor)]).toEqual(["revoked", "revoked"]);
  });

  test("a process tells it again also when nobody asks that process anything", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    server.save();
    const sid = newSid();
    await store.revokeSession(sid);
    await forgetSinceSaved();
    const { store: other } = await openStore(connect(server));
    const deadline = Date.now() + 30_000;
    while ((await statusOf(other, sid)) !== "revoked" && Date.now() < deadline) await sleep(20);
    expect(await statusOf(other, sid)).toBe("revoked");
  });

  test("a sign-in after 'everywhere' is not ended by the telling", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    server.save();
    await store.revokeSubject("ada");
    await store.revokeAll();
    const session = await signIn(store);
    await forgetSinceSaved();
    for (let i = 0; i < 3; i++) expect((await store.check(session)).generations).toEqual(session.generations);
  });

  test("its sign-in moves again to the id that regenerate gave", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    const session = await signIn(store);
    server.save();
    const next = newSid();
    await store.regenerate({ ...session, next, endOthers: true });
    await forgetSinceSaved();
    expect((await store.directory?.find(session.id))?.sid).toBe(next);
    expect(await store.directory?.count()).toBe(1);
  });

  test("an id that was revoked meanwhile takes its successor with it, once the link is told again", async () => {
    const { url } = await start({ durable: true });
    // It comes back late, when another process has revoked the id without knowing of the link.
    const late = createClient({ url, socket: { reconnectStrategy: 2_000 } });
    await late.on("error", () => undefined).connect();
    const { store } = await openStore(Promise.resolve({ client: late, close: () => late.destroy() }));
    await store.announce(HOUR);
    const session = await signIn(store);
    server.save();
    const next = newSid();
    await store.regenerate({ ...session, next });
    await forgetSinceSaved();
    const { store: other } = await openStore(connect(server));
    await other.revokeSession(session.sid, session.until);
    expect(await statusOf(store, next)).toBe("revoked");
  });

  test("a new list is ahead of all that was sealed, also where the new server's clock is behind", async () => {
    const { store } = await openStore(connect(await start()));
    const ahead = Date.now() + HOUR;
    await store.check({ sid: newSid() });
    await server.command("HSET", "{sealed-session}:list", "all", String(ahead));
    const session = await signIn(store);
    expect(session.generations.all).toBe(ahead);
    await server.command("FLUSHALL");
    expect((await store.check(session)).generations.all).toBe(ahead + 1);
    const again = await signIn(store);
    expect((await store.check(again)).generations).toEqual(again.generations);
  });

  test("a reader's cursor from before begins at the beginning: the same numbers are given again", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    const [kept, lost, later] = [newSid(), newSid(), newSid()];
    await store.revokeSession(kept);
    server.save();
    const { store: forgetful } = await openStore(connect(server));
    await forgetful.revokeSession(lost);
    const { cursor } = await forgetful.list();
    await forgetful.close();
    await forgetSinceSaved();
    const { store: other } = await openStore(connect(server));
    await other.revokeSession(later);
    const page = await other.list({ after: cursor });
    expect(page.entries.map((entry) => entry.kind === "session" && entry.sid)).toEqual([kept, later]);
    expect((await other.list({ after: page.cursor })).entries).toEqual([]);
  });

  test("regenerate on a server that forgot a sign-out everywhere gives nothing that outlives it", async () => {
    const { store } = await openStore(connect(await start({ durable: true })));
    await store.announce(HOUR);
    const session = await signIn(store);
    server.save();
    await store.revokeSubject("ada");
    // Commands that wait in the client for its connection reach the server before what it is told again.
    const forgetting = forgetSinceSaved();
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, async () => store.regenerate({ ...session, next: newSid() })),
    );
    await forgetting;
    for (const answer of answers) {
      if (answer.status === "fulfilled") expect(answer.value).toBeTypeOf("string");
    }
    expect((await store.check(session)).generations.subject).toBeGreaterThan(session.generations.subject);
  });
});
