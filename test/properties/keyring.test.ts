import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createKeyring,
  createSealer,
  createSessionManager,
  KeyringError,
  parseKeyring,
  type KeyState,
} from "sealed-session";
import { refusal, runs } from "./arbitraries.js";
import { type KeyInput, keysOf, SECRETS, shuffled, time } from "./rings.js";

/* I4: exactly one key seals. I9: no error repeats a secret. */

let managers = 0;
async function statesOf(keys: readonly KeyInput[], now: number): Promise<Map<string, KeyState>> {
  const name = `ring-${process.pid}-${++managers}`;
  const sessions = createSessionManager({ name, keyring: createKeyring({ keys }), clock: () => now });
  return new Map((await sessions.keys()).map(({ id, state }) => [id, state]));
}

test("at every instant exactly one key seals, whatever the order of the keys, and it is the one named active", async () => {
  await fc.assert(
    fc.asyncProperty(keysOf, time, fc.infiniteStream(fc.nat()), async (keys, now, order) => {
      const states = await statesOf(keys, now);
      const active = [...states].filter(([, state]) => state === "active").map(([id]) => id);
      expect(active).toHaveLength(1);
      const reordered = shuffled(keys, order);
      expect(await statesOf(reordered, now)).toEqual(states);
      const sealer = createSealer({ keyring: createKeyring({ keys: reordered }), purpose: "a", clock: () => now });
      expect((await sealer.seal(1, { ttl: "1h" })).split("*")[1]).toBe(active[0]);
      const newest = Math.max(
        ...keys
          .filter(({ id, activateAt }) => activateAt <= now && !["revoked", "destroyed"].includes(states.get(id) ?? ""))
          .map(({ activateAt }) => activateAt),
      );
      if (newest > Number.NEGATIVE_INFINITY) expect(keys.find(({ id }) => id === active[0])?.activateAt).toBe(newest);
    }),
    runs(300),
  );
});

test("a token opens under every ring that holds its key as pending, active or retiring, and else says why not", async () => {
  await fc.assert(
    fc.asyncProperty(keysOf, time, async (keys, now) => {
      const states = await statesOf(keys, now);
      const ring = createSealer({ keyring: createKeyring({ keys }), purpose: "a", clock: () => now });
      for (const [number, secret] of SECRETS.entries()) {
        const alone = createKeyring({ keys: [{ id: `k${number}`, secret, activateAt: 0 }] });
        const token = await createSealer({ keyring: alone, purpose: "a", clock: () => now }).seal(number, {
          ttl: "1h",
        });
        const state = states.get(`k${number}`);
        if (state === "pending" || state === "active" || state === "retiring")
          expect(await ring.open(token)).toBe(number);
        else expect(await refusal(ring.open(token))).toBe(state === "revoked" ? "key_revoked" : "unknown_key");
      }
    }),
    runs(100),
  );
});

test("the text form says the same as the object form", async () => {
  await fc.assert(
    fc.asyncProperty(keysOf, time, async (keys, now) => {
      const fields = keys.map(
        ({ id, secret, createdAt, activateAt, revokedAt }) =>
          `key:id=${id}${secret ? `:secret=${secret}` : ""}:created=${createdAt}:activate=${activateAt}${revokedAt ? `:revoked=${revokedAt}` : ""}`,
      );
      const name = `ring-${process.pid}-${++managers}`;
      const sessions = createSessionManager({
        name,
        keyring: ["sealed_ring_1", ...fields].join(","),
        clock: () => now,
      });
      expect(new Map((await sessions.keys()).map(({ id, state }) => [id, state]))).toEqual(await statesOf(keys, now));
    }),
    runs(50),
  );
});

/** Every piece of eight characters, the least that would tell a secret's reader anything of use. */
function piecesOf(secret: string): string[] {
  return Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
}

test("no error message holds eight characters of a secret, wherever the secret was put by mistake", () => {
  const body = fc.oneof(
    fc.uint8Array({ minLength: 24, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    fc.uint8Array({ minLength: 16, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
    fc.stringMatching(/^[a-z]{20,40}$/),
    fc.string({ minLength: 16, maxLength: 60 }),
  );
  const places: readonly ((secret: string) => unknown)[] = [
    (secret) => createKeyring(secret),
    (secret) => createKeyring([secret, secret]),
    (secret) => createKeyring({ keys: [{ id: secret, secret: "k1", activateAt: 0 }] }),
    (secret) => createKeyring({ keys: [{ id: "k1", secret, activateAt: secret as never }] }),
    (secret) => createKeyring({ keys: secret as never }),
    ...[
      (secret: string) => secret,
      (secret: string) => `sealed_key${secret}`,
      (secret: string) => `sealed_key_${secret}`,
      (secret: string) => `sealed_${secret}`,
      (secret: string) => `sealed_ring_1${secret}`,
      (secret: string) => `sealed_ring_1,${secret}`,
      (secret: string) => `sealed_ring_1,key:${secret}`,
      (secret: string) => `sealed_ring_1,key:${secret}=1`,
      (secret: string) => `sealed_ring_1,key:id=${secret}:secret=k1:activate=1`,
      (secret: string) => `sealed_ring_1,key:id=k1:secret=x${secret}:activate=1`,
      (secret: string) => `sealed_ring_1,key:id=k1:activate=${secret}`,
      (secret: string) => `sealed_ring_1,key:id=k1:activate=1:reason=${secret}%`,
      (secret: string) => `sealed_ring_1,policy:skew=${secret}`,
      (secret: string) => `sealed_ring_1,policy:${secret}=1m`,
    ].map((write) => (secret: string) => parseKeyring(write(secret))),
  ];
  let errors = 0;
  fc.assert(
    fc.property(body, (secret) => {
      for (const place of places) {
        try {
          place(secret);
        } catch (error) {
          errors++;
          expect(error).toBeInstanceOf(KeyringError);
          // What the messages say anyway ("The secret of…") is nobody's secret.
          const said = (error as Error).message;
          expect(piecesOf(secret).filter((piece) => /\S{8}/.test(piece) && said.includes(piece))).toEqual([]);
        }
      }
    }),
    runs(400),
  );
  expect(errors).toBeGreaterThan(runs(400).numRuns * 8);
});
