import { createSealer, parseKeyring } from "sealed-session";
import { newBrowser } from "./browser.mjs";
import { equal, refusal } from "./expect.mjs";
import { DAY, HOUR, newApplication, visit } from "./visitor.mjs";

const OLD = "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q";
const NEW = "sealed_key_CzBVep_E6Q4zWH2ix-wRNluApcrvFDleg6jN8hc8YYYVUBuUg";
const POLICY = "policy:propagation=1h:absolute=1d:skew=5m";

/** A ring in its text form, in which `k2` takes over from `k1` at `change`. @param more attributes of k1's */
export const ringText = (change, more = "") =>
  `sealed_ring_1,${POLICY},key:id=k1:secret=${OLD}:activate=1${more},key:id=k2:secret=${NEW}:activate=${change}`;

export function keyringChecks({ now, secret }) {
  const change = now + HOUR;
  const retirement = change + DAY + HOUR + 5 * 60_000;
  const sealerAt = (keyring, time) => createSealer({ keyring, purpose: "invite", clock: () => time });
  const sealAt = (keyring, time) => sealerAt(keyring, time).seal(time, { ttl: "1d" });
  const sealedBy = (token) => token.split("*")[1];
  return {
    async "a ring in its text form: the new key seals from its activation on, and opens before it"() {
      const ring = ringText(change);
      equal([sealedBy(await sealAt(ring, change - 1)), sealedBy(await sealAt(ring, change))], ["k1", "k2"]);
      // A server whose clock is ahead has changed over already.
      equal(await sealerAt(ring, now).open(await sealAt(ring, change)), change);
    },
    async "a retiring key opens, and a retired one does not"() {
      const ring = ringText(change, `:retire=${retirement}`);
      const token = await sealAt(ring, change - 1);
      equal(await sealerAt(ring, change).open(token), change - 1);
      const long = createSealer({ keyring: OLD_AS_ONLY_KEY, purpose: "invite", clock: () => retirement - HOUR });
      const late = await long.seal("late", { ttl: "1d" });
      equal(await sealerAt(ring, retirement - 1).open(late), "late");
      equal(await refusal(() => sealerAt(ring, retirement).open(late)), "key_retired");
    },
    async "a revoked key never opens, whatever the clock says"() {
      const token = await sealAt(ringText(change), now);
      const revoked = ringText(change, `:revoked=${change + DAY}:reason=leaked`);
      equal(await refusal(() => sealerAt(revoked, now).open(token)), "key_revoked");
      equal(sealedBy(await sealAt(revoked, now)), "k2");
    },
    async "a rotation logs nobody out, and a revoked key's sessions die, re-sealed ones too"() {
      const browser = newBrowser();
      const application = (ring, time) =>
        newApplication({ now: time }, { keyring: ring, idleTimeout: "12h", absoluteTimeout: "24h" }).sessions;
      await visit(application(ringText(change), now), browser, (session) => session.login("ada"));
      const resealed = await visit(application(ringText(change), change + HOUR), browser, async (session) => {
        session.set("seen", true);
        await session.save();
      });
      equal([resealed.session.subject, resealed.session.info().keyId], ["ada", "k2"]);
      const revoked = application(ringText(change, `:revoked=${change}`), change + HOUR);
      equal((await visit(revoked, browser)).session.rejection, "key_revoked");
    },
    async "a list of plain secrets seals with the first and opens with all"() {
      const before = await sealAt([OLD, secret], now);
      equal(await sealerAt([secret, OLD], now).open(before), now);
      const after = await sealAt([secret, OLD], now);
      equal(sealedBy(after) === sealedBy(before), false, "whether one key sealed both");
      equal(await sealerAt(OLD, now).open(before), now);
      equal(await refusal(() => sealerAt(OLD, now).open(after)), "unknown_key");
    },
    async "a key ring given as a function is read at the first use"() {
      const token = await sealAt(secret, now);
      equal(await sealerAt(async () => secret, now).open(token), now);
    },
    "a weak or broken ring is refused"() {
      for (const text of ["short", "x".repeat(64), "sealed_ring_1", `${NEW}x`, ringText(change).replace("k2", "k1")]) {
        try {
          parseKeyring(text);
        } catch (error) {
          equal(error.code, "ERR_KEYRING", "the code");
          continue;
        }
        throw new Error(`${text} was accepted`);
      }
    },
  };
}

const OLD_AS_ONLY_KEY = `sealed_ring_1,${POLICY},key:id=k1:secret=${OLD}:activate=1`;
