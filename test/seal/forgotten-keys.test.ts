import { createKeyring, createSealer, type Key, type Keyring } from "sealed-session";
import { expect, test } from "vitest";
import { sharedState } from "../../dist/shared-state.js";
import { play } from "../support/play.js";
import { Browser, SECRET, testManager } from "../support/sessions.js";

/* What a process keeps of its keys ends with them. The soak found it: memory that grew with each rotation. */

const OTHER = [...SECRET].reverse().join("");
const slots = sharedState<Map<string, unknown>>(`slots/3/${process.env["EXPECTED_CIPHER"]}`, () => new Map());
const keptOf = (secret: string): string[] =>
  [...slots.keys()].filter((name) => name.startsWith(`${Buffer.from(secret).toString("base64url")}/`));

/** A ring that the test changes. */
function liveRing(first: Keyring) {
  const listeners = new Set<(ring: Keyring) => void | Promise<void>>();
  const source = {
    load: async () => first,
    onChange(listener: (ring: Keyring) => void | Promise<void>) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { source, change: (ring: Keyring) => Promise.all([...listeners].map(async (listener) => listener(ring))) };
}

test("regression: a destroyed key's secret, and what was verified under it, is let go of; the other keys' is kept", async () => {
  const old: Omit<Key, "createdAt"> = { id: "k1", secret: SECRET, activateAt: 0 };
  const next: Omit<Key, "createdAt"> = { id: "k2", secret: OTHER, activateAt: Date.UTC(2026, 0, 1) };
  const { source, change } = liveRing(createKeyring({ keys: [old] }));
  const { sessions, name } = testManager({ keyring: source });
  const sealer = createSealer({ keyring: source, purpose: "mail" });
  const token = await sealer.seal("hello", { ttl: "1h" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  expect(keptOf(SECRET).length, "session and mail").toBeGreaterThanOrEqual(2);

  await change(createKeyring({ keys: [old, next] }));
  await play(sessions, browser, (session) => (session.set("n", 1), session.save()));
  expect(await sealer.open(token), "it is still a key").toBe("hello");
  expect(keptOf(SECRET).length).toBeGreaterThanOrEqual(2);
  const kept = keptOf(OTHER).map((slot) => slots.get(slot));
  expect(keptOf(OTHER).some((slot) => slot.includes(`/session/${name}`))).toBe(true);

  await change(createKeyring({ keys: [{ id: "k1", activateAt: 0 }, next] }));
  expect(keptOf(SECRET)).toEqual([]);
  expect(keptOf(OTHER).map((slot) => slots.get(slot))).toEqual(kept);
  await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
});
