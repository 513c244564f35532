import { expect } from "vitest";
import type { RejectionReason } from "sealed-session";
import type { Fleet } from "./fleet.js";
import type { Server } from "./server.js";
import type { Reply, Verb, Visitor } from "./visitor.js";
import { until } from "./wait.js";
import { Witness } from "./witness.js";

/** People whose sessions came through the keys in every way there is. */
export interface Town {
  readonly k1: string;
  readonly k2: string;
  /** Sealed by the first key alone: signed in, and a guest. */
  readonly old: readonly Witness[];
  /** Signed in under the first key, and sealed again since by the second: saved, under a new id, signed in again. */
  readonly saved: Witness;
  readonly regenerated: Witness;
  readonly again: Witness;
  /** Sealed by the second key alone: signed in, and a guest. */
  readonly young: readonly Witness[];
}

/** Populates a fleet of which every server has a second key by then, and seals with it. */
export async function populate(fleet: Fleet): Promise<Town> {
  const [first, second, third] = fleet.servers as [Server, Server, Server];
  const { active: k1 } = await first.report();
  const old = [await signedIn("ada", first, k1), await storing("guest of old", second, k1)];
  const saved = await signedIn("bea", second, k1);
  const regenerated = await signedIn("bob", third, k1);
  const again = await signedIn("bill", first, k1);

  const k2 = (await fleet.change("rotate")).changed[0] as string;
  await fleet.deliver();
  await until(`${k2} seals everywhere`, async () => {
    const reports = await Promise.all(fleet.servers.map((server) => server.report()));
    return reports.every(({ active }) => active === k2);
  });
  const resealed = [
    await saved.visit(third, "write", "saved"),
    await regenerated.visit(first, "regenerate"),
    await again.visit(second, "login", "bill"),
  ];
  for (const { left } of resealed) expect(left).toMatchObject({ keyId: k2, lineage: [k1, k2] });
  const young = [await signedIn("cleo", third, k2), await storing("young guest", first, k2)];
  return { k1, k2, old, saved, regenerated, again, young };
}

/** Signs somebody in, who stores something. */
async function signedIn(name: string, server: Server, key: string): Promise<Witness> {
  const witness = new Witness(name);
  await witness.visit(server, "login", name);
  return store(witness, server, key);
}

function storing(name: string, server: Server, key: string): Promise<Witness> {
  return store(new Witness(name), server, key);
}

async function store(witness: Witness, server: Server, key: string): Promise<Witness> {
  const { left } = await witness.visit(server, "write", `by ${witness.name}`);
  expect(left).toMatchObject({ keyId: key, lineage: [key] });
  return witness;
}

/** Whoever has these cookies gets nowhere with them. */
export async function expectRefused(
  servers: readonly Server[],
  visitors: readonly Visitor[],
  reason: RejectionReason = "key_revoked",
): Promise<void> {
  for (const server of servers) {
    for (const visitor of visitors) {
      const { opened } = await visitor.copy().visit(server, "read");
      const where = `${visitor.name} on ${server.name}`;
      expect(opened, where).toMatchObject({ isNew: true, rejection: reason });
      expect([opened.subject, opened.value], where).toEqual([undefined, undefined]);
    }
  }
}

/** They have their sessions, and what they stored. */
export async function expectAccepted(servers: readonly Server[], witnesses: readonly Witness[]): Promise<void> {
  for (const server of servers) {
    for (const witness of witnesses) {
      const { opened } = await witness.visit(server, "read");
      expect(opened.isNew, `${witness.name} on ${server.name}`).toBe(false);
    }
  }
}

/** Whoever signs in, wherever that is, is signed in everywhere. */
export async function expectSignIns(servers: readonly Server[], key: string): Promise<Witness[]> {
  const newcomers = await Promise.all(servers.map((server) => signedIn(`new on ${server.name}`, server, key)));
  await expectAccepted(servers, newcomers);
  return newcomers;
}

/** Sends a request that the server holds once it has opened the session. @returns the reply, when it is let go */
export async function hold(
  visitor: Visitor,
  server: Server,
  verb: Verb,
  argument: string,
): Promise<{ readonly reply: Promise<Reply> }> {
  const { held } = await server.report();
  const reply = visitor.visit(server, verb, argument, true);
  // It fails with its server, when the drill has failed already.
  reply.catch(() => undefined);
  await until("the request is held", async () => (await server.report()).held > held);
  return { reply };
}
