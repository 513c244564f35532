import { createKeyring, type SessionManager } from "sealed-session";
import { describe, expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";
import { LISTS, MAX_STALENESS } from "./support/lists.js";

/*
 * C26. There are four ways to revoke: a session, a subject, everything, a key. One must never hide another, in
 * whatever order they come: the strictest counts. CVE-2026-18218 and CVE-2026-8922 (Keycloak): one "not before" masked
 * another.
 */

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const SCOPES = ["session", "subject", "everything", "key"] as const;
type Scope = (typeof SCOPES)[number];

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

/** All orders of all of them, and each twice in a row. */
const ORDERS = [...permutations(SCOPES), ...SCOPES.map((scope) => [scope, scope])];

/** Servers of one application, whose ring loses its oldest sound key at every revocation of one. */
function newTown(make: (typeof LISTS)[number][1]) {
  const clock = fixedClock(START);
  const { store, elsewhere } = make(clock.now);
  const { name } = testManager();
  let revoked = 0;
  const deploy = (revocation: typeof store): SessionManager => {
    const keys = ["one", "two", "three"].map((id, at) => ({
      id,
      secret: `${SECRET}-${id}`,
      activateAt: START - HOUR,
      createdAt: START - HOUR - at,
      ...(at < revoked && { revokedAt: clock.now() }),
    }));
    return testManager({ name, clock: clock.now, keyring: createKeyring({ keys }), revocation }).sessions;
  };
  let [here, there] = [deploy(store), deploy(elsewhere)];
  return {
    clock,
    servers: () => [here, there],
    /** The key that seals now. */
    keyId: async () => (await here.keys()).find(({ state }) => state === "active")?.id,
    async revokeKey() {
      revoked++;
      [here, there] = [deploy(store), deploy(elsewhere)];
      await Promise.all([here.ready(), there.ready()]);
    },
  };
}

interface Witness {
  readonly browser: Browser;
  readonly subject: string;
  readonly id: string;
  readonly key: string | undefined;
  dead: boolean;
}

describe.each(LISTS)("with the list %s", (_list, make) => {
  test.each(ORDERS.map((order) => [order.join(", "), order] as const))("%s", async (_name, order) => {
    const town = newTown(make);
    const witnesses: Witness[] = [];
    const signIn = async (subject: string): Promise<void> => {
      const browser = new Browser();
      const [here] = town.servers();
      await play(here!, browser, (session) => session.login(subject));
      const { id } = (await visit(here!, browser.header)).session;
      witnesses.push({ browser, subject, id, key: await town.keyId(), dead: false });
    };
    const covers: Record<Scope, (witness: Witness, target: Witness) => boolean> = {
      session: ({ id }, target) => id === target.id,
      subject: ({ subject }) => subject === "ada",
      everything: () => true,
      key: ({ key }, target) => key === target.key,
    };
    const revoke: Record<Scope, (sessions: SessionManager, id: string) => Promise<unknown>> = {
      session: (sessions, id) => sessions.revokeSession(id),
      subject: (sessions) => sessions.revokeSubject("ada"),
      everything: (sessions) => sessions.revokeAll(),
      key: () => town.revokeKey(),
    };
    for (const scope of order) {
      for (const subject of ["ada", "ada", "bob"]) await signIn(subject);
      const target = witnesses.at(-3)!;
      await revoke[scope](town.servers()[0]!, target.id);
      for (const witness of witnesses) witness.dead ||= covers[scope](witness, target);
      town.clock.advance(MAX_STALENESS + 1);
      for (const server of town.servers()) {
        for (const { browser, subject, dead } of witnesses) {
          const { session } = await visit(server, browser.header);
          expect(session.subject, `${subject}'s, after ${scope}`).toBe(dead ? undefined : subject);
        }
      }
    }
  });
});
