import { describe, expect, test } from "vitest";
import type { KeyState, RejectionReason } from "sealed-session";
import { guest, reader, startCrew, straggler, user } from "./support/crew.js";
import { type KeySummary, withFleet } from "./support/fleet.js";
import { inTime, provenBefore, type Times, TooSlow } from "./support/pace.js";
import {
  assertInTime,
  carryAhead,
  distribute,
  everybodySeals,
  keyIn,
  LATEST,
  type Rollout,
} from "./support/rollout.js";
import type { Server } from "./support/server.js";
import type { Reply } from "./support/visitor.js";
import { until, untilPast } from "./support/wait.js";
import { Witness } from "./support/witness.js";

/* I4: with real processes and the real command line. */

/** So short that the drill is, and so long that a server can be late in earnest and the machine stall for a second. */
const SHORTEST: Times = { propagation: 4_000, skew: 2_500, absoluteTimeout: 5_000, idleTimeout: 4_000 };
const CREW = { rita: reader, rosa: reader, ulla: user, udo: user, ute: user, gina: guest, gero: guest };

describe.concurrent("a rotation by the command line signs nobody out", () => {
  test.each([
    ["ahead", 1],
    ["behind", -1],
  ])("while the clock of one server is %s by the allowed skew", { timeout: 300_000 }, (where, sign) =>
    inTime(SHORTEST, (times) => {
      const { propagation, skew, absoluteTimeout, idleTimeout } = times;
      const rules = { propagation, skew, "absolute-timeout": absoluteTimeout };
      const setup = {
        policy: Object.entries(rules).flatMap(([rule, ms]) => [`--${rule}`, `${ms}ms`]),
        lifetimes: { absoluteTimeout, idleTimeout, skew, renewAfter: 500 },
        servers: { plain: {}, mounted: { mounted: true }, other: {}, [where]: { clockOffset: sign * skew } },
      };
      return withFleet(setup, async (fleet) => {
        const crew = startCrew(() => fleet.servers, CREW);
        // What a clock that is ahead signs in lives longest: that server seals the old key's last sessions.
        const late = fleet.server(sign > 0 ? where : "other");
        try {
          await Promise.race([crew.trouble, rehearse({ fleet, crew, times, late })]);
        } finally {
          await crew.stop();
        }
      });
    }),
  );
});

/** Two rotations: the first step by step, with a server that is late; the second planned at once, while the first ends. */
async function rehearse(rollout: Rollout): Promise<void> {
  const { fleet, crew } = rollout;
  const { active: k1 } = await fleet.servers[0]!.report();
  await everybodySeals(rollout, k1);
  const k2 = await stageEarly(rollout, k1);
  const { last, over, replacedAt } = await activateLate(rollout, k1, k2);
  const itsEnd = crew.join(last, straggler(over));
  const first = await retireReplaced(rollout, k1, replacedAt);
  await everybodySeals(rollout, k2.id);
  const { k3, second } = await rotateAtOnce(rollout, k2.id);
  await itsEnd;
  expect(last.held).toBeUndefined();
  await pruneRetired(rollout, first);
  await everybodySeals(rollout, k3);
  await pruneRetired(rollout, second);
  await crew.stop();
  await assertNothingHappened(rollout, [k1, k2.id, k3]);
}

/** Stages a key; every step that would come too early is refused. */
async function stageEarly(rollout: Rollout, k1: string): Promise<KeySummary> {
  const { fleet, times } = rollout;
  const { changed, ring } = await fleet.change("rotate", "--no-retire", "--in", "1h");
  const k2 = keyIn(ring, changed[0]);
  await distribute(rollout, fleet.servers, k2.createdAt);
  const mayActivateAt = Date.parse(k2.createdAt) + times.propagation + times.skew;
  const tooEarly = iso(mayActivateAt - 1);
  expect(await fleet.refused("activate", "--at", tooEarly)).toContain("not every server can have it by then");
  expect(await fleet.refused("prune", k1)).toContain("it has not retired");
  await untilPast(mayActivateAt);
  return k2;
}

/**
 * Activates the pending key. One server learns of it late: it opens already what the others seal, and goes on to seal
 * with the old key.
 *
 * @returns the last one whom the old key signed in, and an instant when that session is over by every clock
 */
async function activateLate(rollout: Rollout, k1: string, k2: KeySummary) {
  const { fleet, times, late } = rollout;
  const { ring } = await fleet.change("activate");
  const { activateAt } = keyIn(ring, k2.id);
  const others = fleet.servers.filter((server) => server !== late);
  await distribute(rollout, others, activateAt);
  await carryAhead(fleet.server("plain"), late, k2.id);
  await untilPast(Date.parse(activateAt) + LATEST * times.propagation);
  const last = new Witness("last");
  const { left } = await last.visit(late, "login", "last");
  expect(left.keyId).toBe(k1);
  await late.deliver(fleet.ring());
  assertInTime(activateAt, times);
  return { last, over: left.at + times.absoluteTimeout + times.skew + 1_000, replacedAt: Date.parse(activateAt) };
}

/** Plans the old key's retirement: for as late as the policy says, and not a moment earlier. Everybody knows at once. */
async function retireReplaced({ fleet, times }: Rollout, old: string, replacedAt: number): Promise<KeySummary> {
  const { propagation, skew, absoluteTimeout } = times;
  const retireAt = iso(replacedAt + propagation + skew + absoluteTimeout);
  const tooEarly = iso(Date.parse(retireAt) - 1);
  expect(await fleet.refused("retire", old, "--at", tooEarly)).toContain("may not retire before");
  const { changed, ring } = await fleet.change("retire");
  const key = keyIn(ring, old);
  expect(changed).toEqual([old]);
  if (key.state === "retired") throw new TooSlow("the retirement was planned when it was due");
  expect(key).toMatchObject({ state: "retiring", retireAt });
  await fleet.deliver();
  const refusal = await provenBefore(key.retireAt, () => fleet.refused("prune", old));
  expect(refusal).toContain("a live cookie can need it until then");
  return key;
}

/** Stages a key and plans the retirement of the one that it replaces; the rest happens by itself, by each server's clock. */
async function rotateAtOnce(rollout: Rollout, old: string) {
  const { fleet } = rollout;
  const { changed, ring } = await fleet.change("rotate");
  const { id: k3, createdAt } = keyIn(ring, changed[0]);
  await distribute(rollout, fleet.servers, createdAt);
  const serversIn = async (state: KeyState): Promise<Server[]> => {
    const reports = await Promise.all(fleet.servers.map((server) => server.report()));
    return fleet.servers.filter((_, index) => reports[index]?.states[k3] === state);
  };
  await until(`${k3} seals somewhere`, async () => (await serversIn("active")).length > 0);
  const [[ahead], [behind]] = [await serversIn("active"), await serversIn("pending")];
  if (!ahead || !behind) throw new TooSlow(`${k3} seals everywhere at once`);
  await carryAhead(ahead, behind, k3);
  return { k3, second: keyIn(ring, old) };
}

/** Destroys a retired key's secret at the first instant at which that is allowed, under the eyes of who is signed in. */
async function pruneRetired({ fleet, crew }: Rollout, { id, mayPruneAt = "" }: KeySummary): Promise<void> {
  await untilPast(Date.parse(mayPruneAt));
  const { changed } = await fleet.change("prune");
  if (changed.length > 1) throw new TooSlow("two keys retired since one looked");
  expect(changed).toEqual([id]);
  const signedIn = new Set(crew.replies.flatMap(({ left }) => (left.subject === undefined ? [] : left.id)));
  await fleet.deliver();
  const goesOn = ({ states, opened }: Reply): boolean =>
    states[id] === "destroyed" && !opened.isNew && signedIn.has(opened.id);
  await until("somebody who was signed in before goes on after", () => crew.replies.some(goesOn));
}

/** Nothing that anybody would notice, that is: and all that was to be seen was there. */
async function assertNothingHappened({ fleet, crew: { replies } }: Rollout, keys: readonly string[]): Promise<void> {
  for (const server of fleet.servers) {
    const { samples, faults, rejected, sealedWith, ringErrors, active } = await server.report();
    expect({ faults, ringErrors, active }).toEqual({ faults: [], ringErrors: [], active: keys.at(-1) });
    expect([...sealedWith].sort()).toEqual([...keys].sort());
    expect(samples).toBeGreaterThan(100);
    // Beyond what ends by itself: what the witness of that session has looked at, and found to be over.
    const witnessed = replies.filter(({ server: name }) => name === server.name).map(({ opened }) => opened.rejection);
    expect(rejected.filter(ofKeys)).toHaveLength(witnessed.filter(ofKeys).length);
    expect(rejected.filter((reason) => !ofKeys(reason) && reason !== "expired" && reason !== "idle")).toEqual([]);
  }
  const [k1 = "", k2 = ""] = keys;
  const verbs = new Set(replies.map(({ verb }) => verb));
  expect([...verbs].sort()).toEqual(["login", "logout", "read", "regenerate", "write"]);
  expect(replies.some(({ outcome }) => outcome.reason === "renewed")).toBe(true);
  expect(replies.some(({ opened, states }) => opened.keyId === k1 && states[k1] === "retiring")).toBe(true);
  expect(replies.some(({ left }) => left.lineage.includes(k1) && left.keyId === k2)).toBe(true);
  const { code, stdout } = await fleet.run("audit");
  expect(code, stdout).toBe(0);
}

function ofKeys(reason: RejectionReason | undefined): boolean {
  return reason === "key_retired" || reason === "unknown_key";
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
