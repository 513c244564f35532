import { isSound, type Key } from "../key.js";
import { KeyringProblem } from "../problem.js";
import { activeKey } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { findKey } from "./find.js";
import { newKey } from "./generate.js";
import { withRetirements } from "./retire.js";
import { settle } from "./settle.js";

/**
 * Revokes keys that do not seal: they never open again.
 *
 * @throws KeyringProblem when one of them seals, or when a replaced one would have to seal instead
 */
export function revoke(ring: RingDocument, ids: readonly string[], reason: string | undefined, now: number): Change {
  const chosen = revocable(ring, ids);
  const sealing = chosen.find((key) => sealingNow(ring, now).includes(key));
  if (sealing) {
    throw new KeyringProblem(
      "refused",
      `${sealing.id} is the key that seals`,
      `Revoke and replace it in one step: npx sealed-session keys rotate --emergency ${sealing.id}`,
    );
  }
  const document = { ...ring, keys: marked(ring.keys, chosen, reason, now) };
  return settle(ring, { document, verb: "revoke", keys: chosen.map(({ id }) => id), ...(reason && { reason }) }, now);
}

/**
 * A key leaked: revokes keys (without ids: all that there are) and adds one that seals at once, also on servers whose
 * clock is behind.
 *
 * @throws KeyringProblem when none of the keys seals: then there is nothing to replace
 */
export function replaceAtOnce(
  ring: RingDocument,
  ids: readonly string[],
  reason: string | undefined,
  now: number,
): Change {
  const chosen = ids.length > 0 ? revocable(ring, ids) : ring.keys.filter(isSound);
  if (!sealingNow(ring, now).some((key) => chosen.includes(key))) {
    throw new KeyringProblem(
      "refused",
      `${chosen.map(({ id }) => id).join(", ")} does not seal, so nothing has to be replaced`,
      `Revoke it: npx sealed-session keys revoke ${chosen.map(({ id }) => id).join(" ")}`,
    );
  }
  const left = marked(ring.keys, chosen, reason, now);
  const newest = Math.max(...left.filter((key) => isSound(key) && key.activateAt <= now).map((key) => key.activateAt));
  const activateAt = Math.max(now - ring.policy.skew, newest + 1);
  const fresh = newKey(ring.keys, { createdAt: now, activateAt });
  const document = withRetirements({ ...ring, keys: [...left, fresh] });
  const keys = [...chosen.map(({ id }) => id), fresh.id];
  return settle(ring, { document, verb: "rotate --emergency", keys, ...(reason && { reason }) }, now);
}

/** The keys that seal somewhere, from the slowest clock to the fastest. */
function sealingNow(ring: RingDocument, now: number): Key[] {
  const { skew } = ring.policy;
  const changes = ring.keys.map(({ activateAt }) => activateAt).filter((at) => at > now - skew && at <= now + skew);
  return [now - skew, ...changes].map((at) => activeKey(ring, at));
}

function revocable(ring: RingDocument, ids: readonly string[]): Key[] {
  return [...new Set(ids)].map((id) => {
    const key = findKey(ring, id);
    if (key.revokedAt !== undefined) throw new KeyringProblem("refused", `${key.id} is revoked already`);
    return key;
  });
}

function marked(keys: readonly Key[], chosen: readonly Key[], reason: string | undefined, now: number): Key[] {
  return keys.map((key) =>
    chosen.includes(key) ? { ...key, revokedAt: now, ...(reason !== undefined && { reason }) } : key,
  );
}
