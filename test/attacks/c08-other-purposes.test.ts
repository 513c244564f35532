import { expect, test } from "vitest";
import { createSealer, createSessionManager, type Sealer, type Session, type SessionManager } from "sealed-session";
import { bareKeyId, deriveKeys, writeToken } from "../seal/reader.js";
import { play, plainJar } from "../support/play.js";
import { Browser, fixedClock, SECRET } from "../support/sessions.js";

/*
 * C8. A token that was sealed for one thing and passes for another: next-auth took the cookie of an unfinished sign-in
 * for a session (CVE-2023-48309). All of these are sealed with one secret, by one library, in one format.
 */
const clock = fixedClock();
const setting = { keyring: SECRET, clock: clock.now };
const NAMES = [`purpose-${process.pid}`, `purpose-${process.pid}-2`, "flash", "session"];
const PURPOSES = ["reset-link", "invite", `purpose-${process.pid}`, "session2"];

const times = { idleTimeout: "30d", absoluteTimeout: "60d", renewAfter: "1h" } as const;
const managers: SessionManager[] = NAMES.map((name) => createSessionManager({ name, ...setting, ...times }));

/** What a token can be for, and whether something that was put in its place is taken for one. */
interface Place {
  readonly what: string;
  /** What the keys are derived for. */
  readonly derived: readonly [purpose: string, cookieName: string];
  genuine(): Promise<string>;
  takes(token: string): Promise<boolean>;
}

/** Renewals speak of one session: for each manager one, as it was, and the cookie that renews it. */
async function renewal(sessions: SessionManager) {
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const header = browser.header;
  clock.advance(3_600_001);
  const { result } = await play(sessions, browser, async (session) => {
    const before = session.lastSeenAt?.getTime();
    await session.save();
    return before;
  });
  return { header, value: browser.cookies.get(sessions.cookieNames.seen) ?? "", before: result };
}

async function placesOf(sessions: SessionManager): Promise<Place[]> {
  const { user, guest, seen, flash } = sessions.cookieNames;
  const after = async (work: (session: Session) => Promise<unknown>, name: string): Promise<string> => {
    const browser = new Browser();
    await play(sessions, browser, work);
    return browser.cookies.get(name) ?? "";
  };
  const place = (name: string, purpose: string, more: Pick<Place, "genuine" | "takes">): Place => ({
    what: name,
    derived: [purpose, sessions.name],
    ...more,
  });
  const isSession = (name: string) => async (token: string) => {
    const session = await sessions.open(plainJar(`${name}=${token}`));
    return !session.isNew;
  };
  const renewed = await renewal(sessions);
  return [
    place(user, "session", {
      genuine: () => after((session) => session.login("ada"), user),
      takes: isSession(user),
    }),
    place(guest, "session", {
      genuine: () => after((session) => (session.set("admin", true), session.save()), guest),
      takes: isSession(guest),
    }),
    place(flash, "flash", {
      genuine: () => after((session) => (session.flash("notice", "Saved"), session.save()), flash),
      takes: async (token) => {
        const session = await sessions.open(plainJar(`${flash}=${token}`));
        return session.hasFlash("notice");
      },
    }),
    place(seen, "seen", {
      genuine: async () => renewed.value,
      takes: async (value) => {
        const session = await sessions.open(plainJar(`${renewed.header}; ${seen}=${value}`));
        return session.lastSeenAt?.getTime() !== renewed.before;
      },
    }),
  ];
}

const sealerPlace = (sealer: Sealer, purpose: string): Place => ({
  what: `sealer ${purpose}`,
  derived: [purpose, ""],
  genuine: () => sealer.seal({ user: 42 }, { ttl: "30d" }),
  takes: (token) =>
    sealer.open(token).then(
      () => true,
      () => false,
    ),
});

const PLACES: Place[] = PURPOSES.map((purpose) => sealerPlace(createSealer({ purpose, ...setting }), purpose));
for (const sessions of managers) PLACES.push(...(await placesOf(sessions)));

test("each token opens in its own place", async () => {
  for (const place of PLACES)
    expect([place.what, await place.takes(await place.genuine())]).toEqual([place.what, true]);
});

test("no token opens in the place of any other, in all pairs", async () => {
  let tried = 0;
  for (const from of PLACES) {
    const token = await from.genuine();
    for (const place of PLACES) {
      if (place === from) continue;
      tried++;
      expect([from.what, place.what, await place.takes(token)]).toEqual([from.what, place.what, false]);
    }
  }
  expect(tried).toBe(PLACES.length * (PLACES.length - 1));
});

test("nor does what would be right inside, but was sealed for another purpose or name", async () => {
  const kid = bareKeyId(SECRET);
  const [sessions] = managers;
  if (!sessions) throw new Error("no manager");
  const payload = JSON.stringify({ sid: "A".repeat(22), iat: clock.now(), max: 3_600, gen: "0", dat: {} });
  const sealedFor = (derived: Place["derived"]) =>
    writeToken(payload, kid, deriveKeys(SECRET, ...derived), clock.now() + 1_000);
  const pairs: Place["derived"][] = [...PLACES.map(({ derived }) => derived), ["session", ""], ["", sessions.name]];
  for (const derived of pairs) {
    const { isNew, rejection } = await sessions.open(plainJar(`__Host-${sessions.name}.guest=${sealedFor(derived)}`));
    const isOwn = derived[0] === "session" && derived[1] === sessions.name;
    expect([derived, isNew, rejection]).toEqual([derived, !isOwn, isOwn ? undefined : "tampered"]);
  }
});

test("the purposes that are the session's own cannot be taken for a sealer, nor can one that would run into a name", () => {
  for (const purpose of ["session", "seen", "flash", "session/app", "a/", "/", "", "session//enc", "a\0b"]) {
    expect(() => createSealer({ purpose, keyring: SECRET })).toThrow(/^purpose: /);
  }
});
