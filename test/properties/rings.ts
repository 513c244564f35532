import fc from "fast-check";
import type { Key } from "sealed-session";
import { formatSecret } from "../../dist/keyring/secret.js";

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
/** Before, at, and after the day that the rings are about. */
export const time = fc.oneof(
  fc.integer({ min: NOW - 3 * DAY, max: NOW + 3 * DAY }),
  fc.constantFrom(NOW - DAY, NOW, NOW + DAY),
);

/** Real secrets, by number. */
export const SECRETS = Array.from({ length: 6 }, (_, index) =>
  formatSecret(new Uint8Array(32).map((_, at) => (at * 53 + index * 101) ^ (at << 2))),
);

export type KeyInput = Omit<Key, "createdAt"> & { createdAt?: number };
/** The keys of a ring, at least one of which may seal; the key `k<number>` has that secret. */
export const keysOf = fc
  .uniqueArray(fc.nat(SECRETS.length - 1), { minLength: 1 })
  .chain((numbers) =>
    fc.tuple(
      ...numbers.map((number) =>
        fc
          .record({
            createdAt: time,
            activateAt: time,
            fate: fc.constantFrom("sound", "sound", "sound", "revoked", "destroyed"),
          })
          .map(({ createdAt, activateAt, fate }): KeyInput => ({
            id: `k${number}`,
            createdAt,
            activateAt,
            ...(fate !== "destroyed" && { secret: SECRETS[number] ?? "" }),
            ...(fate === "revoked" && { revokedAt: NOW }),
          })),
      ),
    ),
  )
  .filter((keys) => keys.some(({ secret, revokedAt }) => secret !== undefined && revokedAt === undefined));

/** A list in another order. @param order where each item goes, more or less */
export function shuffled<Item>(items: readonly Item[], order: Iterator<number>): Item[] {
  return items
    .map((item) => [order.next().value as number, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
