import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Crew } from "./crew.js";
import type { Fleet, KeySummary } from "./fleet.js";
import { type Times, TooSlow } from "./pace.js";
import type { Server } from "./server.js";
import { until } from "./wait.js";
import { Witness } from "./witness.js";

/** A rotation in the making: a fleet in use. */
export interface Rollout {
  readonly fleet: Fleet;
  readonly crew: Crew;
  readonly times: Times;
  /** The server that gets what is most urgent last. */
  readonly late: Server;
}

/** How much of the propagation may pass before the last server has a change: the rest is for a slow machine. */
export const LATEST = 0.6;

/**
 * Brings the operator's ring to servers, to each at a moment by chance.
 *
 * @param since when the change was made, as the command line tells it
 */
export async function distribute(
  { fleet, times }: Rollout,
  servers: readonly Server[],
  since: string | undefined,
): Promise<void> {
  const ring = fleet.ring();
  await Promise.all(
    servers.map(async (server) => {
      await pause(Math.random() * LATEST * times.propagation);
      await server.deliver(ring);
    }),
  );
  assertInTime(since, times);
}

/** @throws TooSlow when more than the propagation has passed since a change */
export function assertInTime(since: string | undefined, { propagation }: Times): void {
  const took = Date.now() - Date.parse(since ?? "");
  if (took > propagation) throw new TooSlow(`a change took ${took} ms to reach a server`);
}

/** Signs in where a key seals already, and goes on where it does not yet: a pending key opens. */
export async function carryAhead(from: Server, to: Server, key: string): Promise<void> {
  const courier = new Witness("courier");
  const { left } = await courier.visit(from, "login", "courier");
  expect(left.keyId).toBe(key);
  const { opened, states } = await courier.visit(to, "read");
  if (states[key] !== "pending") throw new TooSlow(`${key} was ${states[key]} on ${to.name} by then`);
  expect(opened).toMatchObject({ subject: "courier", keyId: key });
}

/** Waits until a key seals on every server, by each server's own clock and ring, and has sealed something there. */
export async function everybodySeals({ fleet }: Rollout, key: string): Promise<void> {
  await until(`every server has sealed with ${key}`, async () => {
    const reports = await Promise.all(fleet.servers.map((server) => server.report()));
    return reports.every(({ active, sealedWith }) => active === key && sealedWith.includes(key));
  });
}

export function keyIn({ keys }: { readonly keys: readonly KeySummary[] }, id: string | undefined): KeySummary {
  const key = keys.find((other) => other.id === id);
  if (!key) throw new Error(`the ring has no key ${id}`);
  return key;
}
