import hapi from "@hapi/iron";
import fc from "fast-check";
import * as ironWebcrypto from "iron-webcrypto";
import { expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager } from "sealed-session";
import { bareKeyId, deriveKeys } from "../seal/reader.js";
import { Browser, fixedClock, SECRET, visit } from "../support/sessions.js";
import { runs } from "./arbitraries.js";

/*
 * I1: the two libraries that the format comes from, as the reference. They read the system's clock, so the sealers here
 * do too.
 */
const bareId = bareKeyId(SECRET);
const sealer = createSealer({ keyring: SECRET, purpose: "peer" });
const keys = deriveKeys(SECRET, "peer");

/** Values that the peers' own JSON writers carry as well: they turn -0 into 0. */
const value = fc
  .dictionary(
    fc.string({ unit: "grapheme" }),
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string({ unit: "grapheme" })),
    ),
    { noNullPrototype: true },
  )
  .filter((object) => !Object.hasOwn(object, "__proto__") && !Object.hasOwn(object, "constructor"));

const peers = [
  {
    name: "iron-webcrypto",
    unseal: (token: string, id: string) => ironWebcrypto.unseal(token, { [id]: keys }, ironWebcrypto.defaults),
    seal: (data: unknown, id: string) =>
      ironWebcrypto.seal(data, { id, ...keys }, { ...ironWebcrypto.defaults, ttl: 60_000 }),
  },
  {
    name: "@hapi/iron",
    unseal: (token: string, id: string) => hapi.unseal(token, { [id]: keys }, hapi.defaults),
    seal: (data: unknown, id: string) => hapi.seal(data, { id, ...keys }, { ...hapi.defaults, ttl: 60_000 }),
  },
];

for (const peer of peers) {
  test(`${peer.name} opens what we seal, with the derived keys`, async () => {
    await fc.assert(
      fc.asyncProperty(value, async (data) => {
        expect(await peer.unseal(await sealer.seal(data, { ttl: "1h" }), bareId)).toEqual(data);
      }),
      runs(100),
    );
  });

  test(`we open what ${peer.name} seals, with the derived keys`, async () => {
    await fc.assert(
      fc.asyncProperty(value, async (data) => {
        expect(await sealer.open(await peer.seal(data, bareId))).toStrictEqual(data);
      }),
      runs(100),
    );
  });

  test(`${peer.name} refuses ours under another purpose's keys`, async () => {
    const token = await createSealer({ keyring: SECRET, purpose: "other" }).seal({}, { ttl: "1h" });
    await expect(peer.unseal(token, bareId)).rejects.toThrow(/hmac/i);
  });
}

test("a key with an id of its own: the peers find it by that id", async () => {
  const keyring = createKeyring({ keys: [{ id: "k_2026", secret: SECRET, activateAt: 0 }] });
  const token = await createSealer({ keyring, purpose: "peer" }).seal({ a: 1 }, { ttl: "1h" });
  for (const peer of peers) expect(await peer.unseal(token, "k_2026")).toEqual({ a: 1 });
});

test("the peers open a session's cookie: its keys belong to its name", async () => {
  const name = `peers-${process.pid}`;
  const { now } = fixedClock(Date.now());
  const sessions = createSessionManager<{ a: number }>({ name, keyring: SECRET, clock: now });
  const { session, setCookies } = await visit(sessions, "");
  session.data.a = 1;
  await session.save();
  const browser = new Browser();
  browser.store(setCookies());
  const token = browser.cookies.get(`__Host-${name}.guest`) ?? "";
  const sessionKeys = deriveKeys(SECRET, "session", name);
  const opened = [
    await ironWebcrypto.unseal(token, { [bareId]: sessionKeys }, ironWebcrypto.defaults),
    await hapi.unseal(token, { [bareId]: sessionKeys }, hapi.defaults),
  ];
  for (const payload of opened) expect(payload).toMatchObject({ sid: session.id, iat: now(), dat: { a: 1 } });
});
