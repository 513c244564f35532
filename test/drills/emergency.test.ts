import { describe, expect, test } from "vitest";
import { guest, startCrew, user } from "./support/crew.js";
import { type Fleet, type FleetSetup, withFleet } from "./support/fleet.js";
import type { Server } from "./support/server.js";
import { expectAccepted, expectRefused, expectSignIns, hold, populate } from "./support/town.js";
import type { Visitor } from "./support/visitor.js";
import { until } from "./support/wait.js";
import type { Witness } from "./support/witness.js";

/* I5: with real processes and the real command line. */

const SKEW = 1_000;
const SETUP: FleetSetup = {
  policy: ["--propagation", "500ms", "--skew", `${SKEW}ms`, "--absolute-timeout", "1h"],
  lifetimes: { absoluteTimeout: "1h", idleTimeout: "1h", skew: SKEW },
  servers: { first: {}, second: {}, mounted: { mounted: true }, slow: { clockOffset: -SKEW } },
};

describe("a leaked key's sessions are refused everywhere", { timeout: 180_000 }, () => {
  test("a key that no longer seals: sealed again since or not; whoever the next key signed in goes on", () =>
    withFleet(SETUP, async (fleet) => {
      const { k1, k2, old, saved, regenerated, again, young } = await populate(fleet);
      const before = fleet.ring();
      const second = fleet.server("second");
      expect(await fleet.refused("revoke", k2, "--yes")).toContain("is the key that seals");
      expect(await fleet.refused("rotate", "--emergency", k1, "--yes")).toContain("does not seal");
      expect(await fleet.refused("revoke", k1)).toContain("there is no terminal to ask on");
      const crew = startCrew(() => fleet.servers, { ulla: user, udo: user, gina: guest });
      const [cleo] = young as [Witness];
      const flights = [
        await hold(saved.copy(), second, "write", "too late"),
        await hold(regenerated, second, "regenerate", ""),
        await hold(again, second, "login", "bill"),
        await hold(cleo, second, "write", "in time"),
      ];

      await fleet.change("revoke", k1, "--yes", "--reason", "found in an old backup");
      await fleet.deliver([fleet.server("first")]);
      await listKnows(fleet, [k1]);
      const dead = [...old, saved];
      expect((await second.report()).states[k1]).toBe("retiring");
      await expectRefused(fleet.servers, dead);
      await second.release();
      const [write, , , unaffected] = await Promise.all(flights.map(({ reply }) => reply));
      expect(write).toMatchObject({ outcome: { written: false, reason: "key_revoked" }, setCookies: [] });
      expect(unaffected).toMatchObject({ outcome: { written: true }, left: { value: "in time" } });
      // A new id, or a new sign-in that took the data along, came too late as well.
      const everybody = [...dead, regenerated, again];
      await expectRefused(fleet.servers, everybody);
      await fleet.deliver();
      await expectRefused(fleet.servers, everybody);
      await Promise.race([crew.trouble, expectAccepted(fleet.servers, young)]);
      await Promise.race([crew.trouble, crew.stop()]);

      const rolledBack = await rollBack(fleet, before, everybody);
      await expectAccepted(rolledBack, young);
      await expectSignIns([...fleet.servers, ...rolledBack], k2);
    }));

  test("the key that seals: whoever another key alone sealed goes on, and the new key seals at once", () =>
    withFleet(SETUP, async (fleet) => {
      const { k2, old, saved, regenerated, again, young } = await populate(fleet);
      const before = fleet.ring();
      const second = fleet.server("second");
      const dead = [saved, regenerated, again, ...young];
      const flight = await hold(saved.copy(), second, "write", "too late");

      const { changed } = await fleet.change("rotate", "--emergency", k2, "--yes", "--reason", "found in a log");
      const k3 = changed.at(-1) ?? "";
      await fleet.deliver([fleet.server("first")]);
      await listKnows(fleet, [k2]);
      await expectRefused(fleet.servers, dead);
      await expectAccepted(fleet.servers, old);
      await second.release();
      expect(await flight.reply).toMatchObject({ outcome: { written: false, reason: "key_revoked" }, setCookies: [] });
      await fleet.deliver();
      await expectRefused(fleet.servers, dead);
      await expectAccepted(fleet.servers, old);
      expect((await fleet.server("slow").report()).active).toBe(k3);
      const newcomers = await expectSignIns(fleet.servers, k3);

      const rolledBack = await rollBack(fleet, before, dead);
      await expectAccepted(rolledBack, old);
      await expectAccepted(inUse(fleet, rolledBack), newcomers);
      // There the leaked key is the one that seals. Nobody gets in by it, and nobody is taken for somebody else.
      for (const server of rolledBack) {
        const visitor = saved.copy();
        const { left } = await visitor.visit(server, "login", "eve");
        expect(left.keyId).toBe(k2);
        await expectRefused([...fleet.servers, ...rolledBack], [visitor]);
      }
      await expectRefused(rolledBack, newcomers, "unknown_key");
    }));

  test("the whole ring: everybody signs in again, at once and everywhere", () =>
    withFleet(SETUP, async (fleet) => {
      const { k1, k2, old, saved, regenerated, again, young } = await populate(fleet);
      const before = fleet.ring();
      const everybody = [...old, saved, regenerated, again, ...young];
      const { changed } = await fleet.change("rotate", "--emergency", "--yes");
      expect(changed.slice(0, -1)).toEqual([k1, k2]);
      await fleet.deliver([fleet.server("mounted")]);
      await listKnows(fleet, [k1, k2]);
      await expectRefused(fleet.servers, everybody);
      await fleet.deliver();
      await expectRefused(fleet.servers, everybody);
      await expectSignIns(fleet.servers, changed.at(-1) ?? "");
      await rollBack(fleet, before, everybody);
    }));
});

/** Waits until the list that the servers share has been told, by whichever server has the ring. */
async function listKnows(fleet: Fleet, keys: readonly string[]): Promise<void> {
  await until("the list knows the revoked keys", async () => (await fleet.revokedKeys(keys)).length === keys.length);
}

/**
 * Puts an old ring back: under a running server, which keeps the ring that it has, before a server starts again, and
 * before one starts for the first time; these take it, and refuse the dead all the same.
 *
 * @returns the servers that use the old ring
 */
async function rollBack(fleet: Fleet, old: string, dead: readonly Visitor[]): Promise<Server[]> {
  const running = fleet.server("mounted");
  const { states } = await running.report();
  running.setup.place.put(old);
  await until("the rollback is reported", async () => (await running.report()).ringErrors.length > 0);
  const report = await running.report();
  expect(report.ringErrors.join()).toMatch(/went back from revision \d+ to \d+/);
  expect(report.states).toEqual(states);
  await expectRefused([running], dead);

  const restarted = await fleet.restart(fleet.server("second"), old);
  const rolledBack = [restarted, await fleet.join("newcomer", old)];
  for (const server of rolledBack) expect(Object.values((await server.report()).states)).not.toContain("revoked");
  await expectRefused(rolledBack, dead);
  // It is the list that makes them: with another one, the old ring lets everybody in.
  const elsewhere = await fleet.join("elsewhere", old, await fleet.emptyStore());
  for (const visitor of dead) expect((await visitor.copy().visit(elsewhere, "read")).opened.isNew).toBe(false);
  return rolledBack;
}

function inUse({ servers }: Fleet, except: readonly Server[]): Server[] {
  return servers.filter((server) => !except.includes(server));
}
