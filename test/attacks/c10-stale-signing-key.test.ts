import fc from "fast-check";
import { expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager, type Keyring, type SessionManager } from "sealed-session";
import { runs } from "../properties/arbitraries.js";
import { type KeyInput, keysOf, SECRETS, shuffled, time } from "../properties/rings.js";
import { bareKeyId } from "../seal/reader.js";
import { play } from "../support/play.js";
import { Browser } from "../support/sessions.js";

/*
 * C10. Flask put its list of keys together in the wrong order, and signed with the oldest one (CVE-2025-47278): the key
 * that a rotation was to get rid of. So which key seals must not depend on any order, in none of the places that seal.
 */
let count = 0;

/** The ids of the keys that seal at `now`: both sessions, a flash message, a renewal, a sealer's token. */
async function sealing(keyring: Keyring, now: number): Promise<Record<string, string | undefined>> {
  let clock = now;
  const setting = { keyring, clock: () => clock };
  const name = `stale-${process.pid}-${++count}`;
  const sessions: SessionManager = createSessionManager({ name, renewAfter: 1, ...setting });
  const [visitor, returning] = [new Browser(), new Browser()];
  await play(sessions, visitor, (session) => {
    session.set("a", 1);
    session.flash("notice", "Saved");
    return session.save();
  });
  const kept = new Map(visitor.cookies);
  await play(sessions, visitor, (session) => session.login("ada"));
  clock = now - 2;
  await play(sessions, returning, (session) => session.login("ada"));
  clock = now;
  await play(sessions, returning, (session) => session.save());
  const { user, guest, flash, seen } = sessions.cookieNames;
  const token = await createSealer({ purpose: "attack", ...setting }).seal(1, { ttl: "1h" });
  const idIn = (text: string | undefined): string | undefined => text?.split("*")[1];
  return {
    user: idIn(visitor.cookies.get(user)),
    guest: idIn(kept.get(guest)),
    flash: idIn(kept.get(flash)),
    seen: returning.cookies.get(seen)?.split(".")[2],
    sealer: idIn(token),
  };
}

function everywhere(id: string | undefined): Record<string, string | undefined> {
  return Object.fromEntries(["user", "guest", "flash", "seen", "sealer"].map((place) => [place, id]));
}

/** The active key, found without the library: the activated one that was activated last; before that, the first. */
function activeOf(keys: readonly KeyInput[], now: number): string | undefined {
  const rank = ({ activateAt, createdAt = activateAt, id }: KeyInput): readonly [number, number, string] => [
    activateAt,
    createdAt,
    id,
  ];
  const inOrder = keys
    .filter(({ secret, revokedAt }) => secret !== undefined && revokedAt === undefined)
    .sort((a, b) => {
      const [[at, made, id], [otherAt, otherMade, otherId]] = [rank(a), rank(b)];
      return at - otherAt || made - otherMade || (id < otherId ? -1 : 1);
    });
  return (inOrder.findLast(({ activateAt }) => activateAt <= now) ?? inOrder[0])?.id;
}

test("whatever the order of a ring's keys and whatever the time, the active key seals, everywhere", async () => {
  await fc.assert(
    fc.asyncProperty(keysOf, time, fc.infiniteStream(fc.nat()), async (keys, now, order) => {
      const ring = createKeyring({ keys: shuffled(keys, order) });
      expect(await sealing(ring, now)).toEqual(everywhere(activeOf(keys, now)));
    }),
    runs(150),
  );
});

test("of a bare list the first one seals, in every order of it", async () => {
  const now = Date.UTC(2026, 0, 1);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(SECRETS, { minLength: 1 }), async (secrets) => {
      const bytes = Buffer.from((secrets[0] ?? "").slice("sealed_key_".length, -6), "base64url");
      expect(await sealing(createKeyring(secrets), now)).toEqual(everywhere(bareKeyId(bytes)));
    }),
    runs(50),
  );
});
