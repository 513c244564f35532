import { defaults, seal } from "iron-webcrypto";
import { afterEach, describe, expect, test } from "vitest";
import { createSealer, DataNotJsonError, type Session } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { refusal } from "../properties/arbitraries.js";
import { bareKeyId, deriveKeys, writeToken } from "../seal/reader.js";
import { plainJar } from "../support/play.js";
import { SECRET, testManager, visit } from "../support/sessions.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C12. `JSON.parse` keeps a key called `__proto__` as it is, and the next `Object.assign` obeys it: hapi's own cookies
 * were poisoned so (hapi #3916, statehood #55). Whatever merges a session into an object must get nothing but data.
 */

/** Poison as it may stand in a token: spelled out, escaped, deep inside, and in lists. */
const POISONS: readonly string[] = [
  '{"__proto__":{"isAdmin":true}}',
  '{"a":1,"__proto__":{"isAdmin":true}}',
  '{"\\u005f_proto__":{"isAdmin":true}}',
  '{"__prot\\u006f__":{"isAdmin":true}}',
  '{"__proto__":null}',
  '{"__proto__":1}',
  '{"a":{"b":[{"__proto__":{"isAdmin":true}}]}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"constru\\u0063tor":{"prototype":{"isAdmin":true}}}',
  '{"a":[{"constructor":{"proto\\u0074ype":{"isAdmin":true}}}]}',
];

afterEach(() => {
  if ("isAdmin" in {}) throw new Error("Object.prototype was poisoned");
});

function tokenWith(name: string, now: number, dat: string): string {
  const head = JSON.stringify({ sid: "A".repeat(22), iat: now, max: 3_600, gen: "0" }).slice(0, -1);
  return writeToken(`${head},"dat":${dat}}`, bareKeyId(SECRET), deriveKeys(SECRET, "session", name), now + 1_000);
}

/** What an application does with a session's data, sooner or later. */
function merged(data: object): Record<string, unknown> {
  return Object.assign({}, data) as Record<string, unknown>;
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("poison that is sealed with the right key is no session, and poisons nobody", async () => {
    const { send, cookie, name, clock } = await attack(start);
    for (const poison of POISONS) {
      const { status, json } = await send([`${cookie}.guest=${tokenWith(name, clock.now(), poison)}`]);
      expect([status, json]).toMatchObject([200, { ...NOBODY, rejection: "malformed" }]);
    }
  });

  test("a visitor who chooses the names of data changes no prototype, neither now nor when they come back", async () => {
    const { ask, send, signIn, sessions } = await attack(start);
    for (const key of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]) {
      const browser = await signIn("eve");
      const before = browser.header;
      const { status } = await ask(browser, `/store?${key}=isAdmin`);
      const { json } = await ask(browser, "/");
      expect([200, 500]).toContain(status);
      // Refused aloud, or stored as what it is; never a session that is lost.
      expect(json["subject"]).toBe("eve");
      const session = await sessions.open(plainJar(browser.header));
      expect(Object.getPrototypeOf(session.data)).toBe(Object.prototype);
      expect(Object.getPrototypeOf(merged(session.data))).toBe(Object.prototype);
      expect(merged(session.data)["isAdmin"]).toBeUndefined();
      if (key === "__proto__") expect(Object.keys(session.data)).toEqual([]);
      expect((await send([before])).json["subject"]).toBe("eve");
    }
  });
});

describe("on the way in", () => {
  const own = (key: string, value: unknown): object => Object.defineProperty({}, key, { value, enumerable: true });
  const POISONED: readonly (readonly [what: string, make: () => object])[] = [
    ["__proto__ as a property of its own", () => ({ a: own("__proto__", { isAdmin: true }) })],
    ["__proto__ as JSON.parse leaves it", () => ({ a: JSON.parse('{"__proto__":{"isAdmin":true}}') as object })],
    ["constructor.prototype", () => ({ a: { constructor: { prototype: { isAdmin: true } } } })],
    ["poison in a list", () => ({ a: [[own("__proto__", 1)]] })],
    ["data with another prototype", () => ({ a: Object.create({ isAdmin: true }) as object })],
  ];

  test.each(POISONED)("%s is refused before it is sealed", async (_what, make) => {
    const sealer = createSealer({ keyring: SECRET, purpose: "attack" });
    await expect(sealer.seal(make(), { ttl: "1h" })).rejects.toThrow(DataNotJsonError);
    await expect(sealData(make(), { password: SECRET })).rejects.toThrow(TypeError);
    const { sessions } = testManager();
    const refusedBy = async (work: (session: Session) => unknown): Promise<void> => {
      const { session, setCookies } = await visit(sessions, "");
      await expect((async () => work(session))()).rejects.toThrow(DataNotJsonError);
      expect(setCookies()).toEqual([]);
    };
    await refusedBy((session) => (session.set("x", make()), session.save()));
    await refusedBy((session) => (Object.assign(session.data, { x: make() }), session.save()));
    await refusedBy((session) => ((session.data = { x: make() }), session.save()));
    await refusedBy((session) => (session.set("x", make()), session.login("eve")));
    await refusedBy((session) => session.flash("notice", make()));
  });

  test("regression: set() with a key that a visitor chose puts no object in the prototype's place", async () => {
    const { session } = await visit(testManager().sessions, "");
    expect(() => session.set("__proto__", { isAdmin: true })).toThrow(DataNotJsonError);
    expect(session.get("isAdmin")).toBeUndefined();
    expect(Object.getPrototypeOf(session.data)).toBe(Object.prototype);
  });
});

describe("on the way out", () => {
  const keys = (purpose: string) => deriveKeys(SECRET, purpose);
  const later = Date.now() + 3_600_000;

  test.each(POISONS)("%s is refused by a sealer and by the drop-in, though its MAC is right", async (poison) => {
    const sealer = createSealer({ keyring: SECRET, purpose: "attack" });
    expect(await refusal(sealer.open(writeToken(poison, bareKeyId(SECRET), keys("attack"), later)))).toBe("malformed");
    const sealText = (text: string) => seal(0, { id: "1", secret: SECRET }, { ...defaults, encode: () => text });
    expect(await unsealData(await sealText(poison), { password: SECRET })).toEqual({});
    expect(await unsealData(await sealText('{"a":1}'), { password: SECRET })).toEqual({ a: 1 });
  });

  test("a flash message by a poisonous name is a message, and one with poison in it is none", async () => {
    const { sessions, name, clock } = testManager();
    const deadline = clock.now() + 1_000;
    const flashed = async (messages: string) => {
      const token = writeToken(messages, bareKeyId(SECRET), deriveKeys(SECRET, "flash", name), deadline);
      return sessions.open(plainJar(`__Host-${name}.flash=${token}`));
    };
    const named = await flashed(`[["__proto__",{"isAdmin":true},${deadline}]]`);
    expect([named.flash("isAdmin"), named.flash("__proto__")]).toEqual([undefined, { isAdmin: true }]);
    const poisoned = await flashed(`[["notice",{"__proto__":{"isAdmin":true}},${deadline}]]`);
    expect(poisoned.hasFlash("notice")).toBe(false);
  });
});
