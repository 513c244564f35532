import type { Key, KeyringPolicy } from "sealed-session";
import { type KeyState, keyState, sealingKey } from "../../dist/keyring/key.js";
import type { RingDocument } from "../../dist/keyring/rotation/document.js";

/*
 * Servers that run with a ring while it changes. What is asked of them is written down in terms of true time, of clocks
 * and of what each server does, not in terms of the rules that rotation goes by.
 *
 * Every clock shows true time plus an offset from 0 to the skew, so that any two differ by at most that. A server has
 * any version that was the newest at some time during the last `propagation`.
 */

/** A version of the ring, and the true time at which it was written. */
export interface Version {
  readonly document: RingDocument;
  readonly at: number;
  /** The key that was made to seal at once. */
  readonly emergency?: string;
}

/** The versions of a ring in the order in which they were written. */
export type History = readonly Version[];

/** True bounds of the world; no policy of the ring promises less. */
export type Bounds = Pick<KeyringPolicy, "propagation" | "skew">;

/** The versions that servers can have at a true time. */
function versionsAt(history: History, at: number, { propagation }: Bounds): Version[] {
  return history.filter((version, index) => {
    const replaced = history[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return version.at <= at && at < replaced + propagation;
  });
}

export function sealsOn(version: Version, clock: number): Key | undefined {
  return sealingKey(version.document.keys, clock);
}

export function opensOn(version: Version, id: string, clock: number): boolean {
  const key = version.document.keys.find((other) => other.id === id);
  return key !== undefined && OPENING.has(keyState(key, sealsOn(version, clock), clock));
}

const OPENING: ReadonlySet<KeyState> = new Set(["pending", "active", "retiring"]);

/** True times at which something can be different from a millisecond before. */
function turningPoints(history: History, { propagation }: Bounds, offsets: readonly number[]): number[] {
  const written = history.flatMap(({ at }) => [at, at + propagation]);
  const dates = history.flatMap(({ document }) =>
    document.keys.flatMap(({ activateAt, retireAt = activateAt }) => [activateAt, retireAt]),
  );
  const points = new Set([...written, ...dates.flatMap((date) => offsets.map((offset) => date - offset))]);
  const start = history[0]?.at ?? 0;
  return [...points].flatMap((at) => [at - 1, at]).filter((at) => at >= start);
}

/** Something sealed: by which key, when by true time, and until when by every clock it is to open. */
interface Sealing {
  readonly id: string;
  readonly at: number;
  readonly deadline: number;
}

/** Everything that servers can seal, at the turning points: the last instants of every key are among them. */
function sealings(history: History, bounds: Bounds, offsets: readonly number[]): Sealing[] {
  return turningPoints(history, bounds, offsets).flatMap((at) =>
    versionsAt(history, at, bounds).flatMap((version) =>
      offsets.flatMap((offset): Sealing[] => {
        const key = sealsOn(version, at + offset);
        const { absoluteTimeout } = version.document.policy;
        return key ? [{ id: key.id, at, deadline: at + offset + absoluteTimeout }] : [];
      }),
    ),
  );
}

/** What a server refuses although it was sealed by another before, and is alive by this server's clock. */
export function loggedOut(history: History, bounds: Bounds, offsets: readonly number[]): string[] {
  const sealed = sealings(history, bounds, offsets);
  const found: string[] = [];
  for (const at of new Set([...turningPoints(history, bounds, offsets), ...sealed.map((each) => each.deadline)])) {
    for (const version of versionsAt(history, at, bounds)) {
      for (const offset of offsets) {
        const alive = sealed.filter((each) => each.at <= at && at + offset <= each.deadline);
        for (const id of new Set(alive.map((each) => each.id))) {
          if (opensOn(version, id, at + offset) || isExempt(history, version, id)) continue;
          found.push(`${id} at ${at} on a clock ${offset} ahead, with revision ${version.document.revision}`);
        }
      }
    }
  }
  return found;
}

/** Revoked keys are to open nowhere; an emergency's key is not everywhere at once, which whoever declares one is told. */
function isExempt(history: History, version: Version, id: string): boolean {
  if (history.some(({ document }) => document.keys.some((key) => key.id === id && key.revokedAt !== undefined))) {
    return true;
  }
  const unknown = !version.document.keys.some((key) => key.id === id);
  return unknown && history.some(({ emergency }) => emergency === id);
}

/** Keys that seal again after another did, on a server that gets every version at once. */
export function comebacks(history: History, offset: number): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  let sealing: string | undefined;
  const points = turningPoints(history, { propagation: 0, skew: 0 }, [offset]).sort((a, b) => a - b);
  for (const at of points) {
    const version = history.findLast((each) => each.at <= at);
    const id = version && sealsOn(version, at + offset)?.id;
    if (id === undefined || id === sealing) continue;
    if (done.has(id)) found.push(`${id} at ${at} on a clock ${offset} ahead`);
    done.add(id);
    sealing = id;
  }
  return found;
}
