import { createSealer } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { newBrowser } from "./browser.mjs";
import { equal } from "./expect.mjs";
import { ringText } from "./keyrings.mjs";
import { UNICODE } from "./sealer.mjs";
import { MINUTE, newApplication, visit } from "./visitor.mjs";

const GUEST = { cart: ["book", "漢字"] };
const LARGE = { text: "é😀".repeat(1_000) };
const NOTICE = { level: "info", text: "Gespeichert ✓" };

const sealerOf = ({ now, secret }) => createSealer({ keyring: secret, purpose: "interchange", clock: () => now });
const ringSealerOf = ({ now }) => createSealer({ keyring: ringText(now), purpose: "interchange", clock: () => now });

/** The cipher that the runtime picked, as a session tells it. */
export async function cipherOf(input) {
  const { session } = await visit(newApplication(input).sessions, newBrowser());
  return session.info().cipher;
}

/** One of everything that leaves a server, for the others: tokens, and `Cookie` headers. */
export async function sealAll(input) {
  const { sessions, clock } = newApplication(input);
  const cookiesAfter = async (...acts) => {
    const browser = newBrowser();
    for (const act of acts) await visit(sessions, browser, act);
    return browser.header();
  };
  const storing = (data) => async (session) => {
    Object.assign(session.data, data);
    await session.save();
  };
  const renewing = (session) => {
    clock.advance(20 * MINUTE);
    session.flash("notice", NOTICE);
    return session.save();
  };
  return {
    token: await sealerOf(input).seal(UNICODE, { ttl: "1h" }),
    ironSeal: await sealData(UNICODE, { password: input.secret, ttl: 0 }),
    ringToken: await ringSealerOf(input).seal(UNICODE, { ttl: "1d" }),
    guest: await cookiesAfter(storing(GUEST)),
    chunked: await cookiesAfter((session) => session.login("bob"), storing(LARGE)),
    // The last one: it moves the clock.
    user: await cookiesAfter((session) => session.login("ada"), renewing),
  };
}

/** Opens what another runtime's `sealAll` made of the same input, 70 minutes later where it was renewed. */
export async function openSealed(input, { token, ironSeal, ringToken, guest, chunked, user }) {
  equal(await sealerOf(input).open(token), UNICODE, "the token's data");
  equal(await unsealData(ironSeal, { password: input.secret }), UNICODE, "iron-session's seal");
  equal(await ringSealerOf(input).open(ringToken), UNICODE, "the ring's token's data");
  const { sessions, clock } = newApplication(input);
  const read = async (header, act) => (await visit(sessions, newBrowser(header), act)).session;

  const { subject: nobody, data: cart } = await read(guest);
  equal([nobody, cart], [undefined, GUEST], "the guest's session");
  const { subject: bob, data: large } = await read(chunked);
  equal([bob, large], ["bob", LARGE], "the chunked session");

  clock.advance(22 * MINUTE);
  let notice;
  const signedIn = await read(user, (session) => (notice = session.flash("notice")));
  equal([signedIn.subject, notice], ["ada", NOTICE], "the signed-in session and its message");
  clock.advance(48 * MINUTE);
  const renewed = await read(user);
  equal([renewed.subject, renewed.lastSeenAt], ["ada", new Date(input.now + 20 * MINUTE)], "the renewed session");
}
