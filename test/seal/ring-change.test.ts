import { createKeyring, createSealer, type Keyring } from "sealed-session";
import { expect, test, vi } from "vitest";
import {
  eventually,
  application as ringApplication,
  followed,
  ringDocument,
  writeRing,
} from "../keyring/watch/support.js";
import { refusal } from "../properties/arbitraries.js";
import { fixedClock, SECRET, testManager } from "../support/sessions.js";

vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const OTHER = [...SECRET].reverse().join("");

type Listener = (ring: Keyring) => void | Promise<void>;

/** A ring of the test's own that can change whenever it wants. */
function liveRing(load: () => Promise<Keyring>) {
  const listeners = new Set<Listener>();
  return {
    listeners,
    source: {
      load,
      onChange(listener: Listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    change: async (ring: Keyring): Promise<void> => {
      await Promise.all([...listeners].map(async (listener) => listener(ring)));
    },
  };
}

const ringOf = (id: string, secret = SECRET): Keyring => createKeyring({ keys: [{ id, secret, activateAt: 0 }] });
const kidOf = (token: string): string | undefined => token.split("*")[1];

test("tokens open and are refused by the ring of the moment", async () => {
  const { path } = await ringApplication(ringDocument());
  const { ring } = followed(path);
  const clock = fixedClock(START);
  const sealer = createSealer({ keyring: ring, purpose: "mail", clock: clock.now });
  let revision = 1;
  const change = async (keys: Parameters<typeof ringDocument>[0]): Promise<void> => {
    writeRing(path, ringDocument(keys, { revision: ++revision }));
    await ring.reload();
  };
  const first = await sealer.seal("first", { ttl: "30d" });
  await change({ k1: {}, k2: { activateAt: START } });
  const second = await sealer.seal("second", { ttl: "30d" });
  expect([kidOf(first), kidOf(second)]).toEqual(["k1", "k2"]);
  expect([await sealer.open(first), await sealer.open(second)]).toEqual(["first", "second"]);
  await change({ k1: { revokedAt: START }, k2: { activateAt: START } });
  expect([await refusal(sealer.open(first)), await sealer.open(second)]).toEqual(["key_revoked", "second"]);
  const retireAt = START + 800 * HOUR;
  await change({ k2: { activateAt: START, retireAt }, k3: { activateAt: START + HOUR } });
  expect(await refusal(sealer.open(first)), "its key is no longer there").toBe("unknown_key");
  clock.advance(800 * HOUR);
  expect(await refusal(sealer.open(second))).toBe("key_retired");
  await change({ k2: { activateAt: START, secret: undefined as never }, k3: {} });
  expect(await refusal(sealer.open(second))).toBe("unknown_key");
});

test("a change that comes while the ring is loaded for the first time is not missed", async () => {
  let loaded = (_ring: Keyring): void => undefined;
  const live = liveRing(() => new Promise((resolve) => (loaded = resolve)));
  const sealer = createSealer({ keyring: live.source, purpose: "mail" });
  const token = sealer.seal(1, { ttl: "1h" });
  await eventually(() => live.listeners.size).toBe(1);
  const changed = live.change(ringOf("k2", OTHER));
  loaded(ringOf("k1"));
  await changed;
  await token;
  expect(kidOf(await sealer.seal(1, { ttl: "1h" }))).toBe("k2");
});

test("of changes at the same time the last one counts, whichever is indexed first", async () => {
  const live = liveRing(async () => ringOf("k1"));
  const sealer = createSealer({ keyring: live.source, purpose: "mail" });
  await sealer.seal(1, { ttl: "1h" });
  // The ids of bare secrets are derived, which takes WebCrypto a while.
  await Promise.all([live.change(createKeyring([OTHER, SECRET])), live.change(ringOf("k3", OTHER))]);
  expect(kidOf(await sealer.seal(1, { ttl: "1h" }))).toBe("k3");
});

test("a first load that fails leaves nobody listening, and is tried again", async () => {
  let broken = true;
  const live = liveRing(async () => {
    if (broken) throw new Error("not yet");
    return ringOf("k1");
  });
  const sealer = createSealer({ keyring: live.source, purpose: "mail" });
  for (let i = 0; i < 3; i++) await expect(sealer.open("x")).rejects.toThrow("not yet");
  expect(live.listeners.size).toBe(0);
  broken = false;
  expect(await sealer.open(await sealer.seal(1, { ttl: "1h" }))).toBe(1);
  expect(live.listeners.size).toBe(1);
});

test("so does a manager that the ring does not suit: it is not told of rings that it does not use", async () => {
  const policy = { absoluteTimeout: "1h" } as const;
  const live = liveRing(async () => createKeyring({ keys: [{ id: "k1", secret: SECRET, activateAt: 0 }], policy }));
  const { sessions } = testManager({ keyring: live.source });
  for (let i = 0; i < 3; i++) await expect(sessions.ready()).rejects.toThrow("longer than the key ring's policy");
  expect(live.listeners.size).toBe(0);
});

test("a change that a manager refuses is reported to whoever watches the ring, and leaves the ring in use", async () => {
  const live = liveRing(async () => ringOf("k1"));
  const { sessions } = testManager({ keyring: live.source });
  await sessions.ready();
  const keys = [{ id: "k2", secret: OTHER, activateAt: 0 }];
  await expect(live.change(createKeyring({ keys, policy: { absoluteTimeout: "1h" } }))).rejects.toThrow(
    "longer than the key ring's policy",
  );
  expect(await sessions.keys()).toMatchObject([{ id: "k1", state: "active" }]);
});
