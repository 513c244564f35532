import { afterEach, describe, expect, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS, newSid, openStore } from "./clients.js";

const HOUR = 3_600_000;

let server: RedisServer;
afterEach(() => server.remove());

async function statusesOf(store: RevocationStore, sids: readonly string[]) {
  return Promise.all(sids.map(async (sid) => (await store.check({ sid })).session));
}

describe.each(CLIENTS)("an id with more than 16 successors, over $name", ({ connect }) => {
  test("ends the oldest and what took its place; being told again ends nobody else", async () => {
    server = await startRedis({ durable: true });
    const { store } = await openStore(connect(server));
    await store.announce(HOUR);
    const [old, until] = [newSid(), Date.now() + HOUR];
    const sids = Array.from({ length: 18 }, newSid);
    const next = newSid();
    const [first, ...others] = sids as [string, ...string[]];
    const signIn = (sid: string) => store.issue({ sid, replaces: [{ sid: old, until, linked: true }] });
    const generations = await signIn(first);
    await store.regenerate({ sid: first, next, generations, until });
    for (const sid of others) await signIn(sid);
    const expected = sids.map((_sid, i) => (i < 2 ? "revoked" : "live"));
    expect(await statusesOf(store, sids)).toEqual(expected);
    expect(await statusesOf(store, [next, old])).toEqual(["revoked", "superseded"]);
    const parts = String(await server.command("HGET", "{sealed-session}:entries", `s:${old}`)).split("\n");
    expect(parts.length - 2).toBe(16);

    // It forgot nothing.
    await server.kill();
    await server.start();
    expect(await statusesOf(store, sids)).toEqual(expected);
    await store.revokeSession(old);
    expect(new Set(await statusesOf(store, sids))).toEqual(new Set(["revoked"]));
  });

  test("never ends the sign-in that is being made, also when it takes the place of several", async () => {
    server = await startRedis();
    const { store } = await openStore(connect(server));
    const [old, until] = [newSid(), Date.now() + HOUR];
    let before: string[] = [];
    for (let i = 0; i < 40; i++) {
      const sid = newSid();
      await store.issue({ sid, replaces: [...before, old].map((each) => ({ sid: each, until, linked: true })) });
      expect(await statusesOf(store, [sid])).toEqual(["live"]);
      before = [sid];
    }
  });
});
