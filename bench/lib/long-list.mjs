import { setTimeout as pause } from "node:timers/promises";
import { memoryStore } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";

const DAY = 86_400_000;

const newSid = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

/** Revocation stores with so many entries, by what keeps them. Each of them is a list of its own. */
export const longList = { memory: inMemory, "a copy": inCopy };

async function inMemory(entries) {
  const store = memoryStore({ name: crypto.randomUUID() });
  const until = Date.now() + DAY;
  for (let i = 0; i < entries; i++) {
    await store.revokeSession(newSid(), until);
    // The store notes its changes; what it notes may be collected meanwhile.
    if (i % 10_000 === 0) await pause(0);
  }
  return store;
}

/** A copy of a list that exists nowhere else: its store makes the entries up when they are read. */
async function inCopy(entries) {
  const [list, until] = [crypto.randomUUID(), Date.now() + DAY];
  const store = memoryStore({ name: list });
  const read = ({ after = "0", limit = 1_000 }) => {
    const [from, to] = [Number(after), Math.min(entries, Number(after) + limit)];
    const page = Array.from({ length: to - from }, () => ({
      kind: "session",
      sid: newSid(),
      state: "revoked",
      since: until - DAY,
      until,
    }));
    return { entries: page, cursor: String(to), more: to < entries, list, all: 0, retention: DAY };
  };
  const copy = replicated({ ...store, list: read, stats: () => ({}) }, { maxStaleness: "5s" });
  for (;;) {
    await copy.check({ sid: newSid() });
    const { copy: loaded } = await copy.stats();
    if (loaded.staleness !== undefined) return copy;
    await pause(1);
  }
}
