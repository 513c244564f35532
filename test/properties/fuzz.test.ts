import { afterAll, expect, test } from "vitest";
import { type CookieJar, createSessionManager, type RejectionReason } from "sealed-session";
import { z } from "zod";
import { bareKeyId, deriveKeys } from "../seal/reader.js";
import { Browser, fixedClock, SECRET, visit } from "../support/sessions.js";
import { isReason, isWebCrypto } from "./arbitraries.js";
import { type Corpus, hostileHeader } from "./hostile-headers.js";
import { FORGED_SIDS } from "./hostile-payloads.js";
import { Random } from "./random.js";

/*
 * I7: whatever a Cookie header says, there is a session, and nothing is written for reading it (I6). The run counts how
 * deep the headers got, so that it cannot turn into a test of the first length check without anybody noticing.
 *
 * FUZZ_SEED and FUZZ_COUNT choose another run.
 */
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_260_101);
const BATCHES = 10;
const BATCH = Math.ceil(Number(process.env["FUZZ_COUNT"] ?? (isWebCrypto ? 5_000 : 100_000)) / BATCHES);
const COUNT = BATCH * BATCHES;
const LEAST_SHARE = 0.05;

const clock = fixedClock();
const name = `fuzz-${process.pid}`;
const base = `__Host-${name}`;
const reached = { grammar: 0, mac: 0, decryption: 0, schema: 0 };
const outcomes = new Map<string, number>();

const { cipher } = (await import(
  isWebCrypto ? "../../dist/seal/cipher.web.js" : "../../dist/seal/cipher.node.js"
)) as typeof import("../../dist/seal/cipher.web.js");
const { verify, decrypt } = cipher;
const depth = { verified: false, decrypted: false, validated: false };
cipher.verify = (...args) => {
  depth.verified = true;
  return verify(...args);
};
cipher.decrypt = (...args) => {
  depth.decrypted = true;
  return decrypt(...args);
};
afterAll(() => Object.assign(cipher, { verify, decrypt }));

const zodSchema = z.object({ cart: z.array(z.string()).default([]), count: z.number().optional() });
const schema: typeof zodSchema = Object.assign(Object.create(zodSchema) as typeof zodSchema, {
  "~standard": {
    ...zodSchema["~standard"],
    validate: (value: unknown) => {
      depth.validated = true;
      return zodSchema["~standard"].validate(value);
    },
  },
});

let reasons: RejectionReason[] = [];
const sessions = createSessionManager({
  name,
  keyring: SECRET,
  schema,
  clock: clock.now,
  idleTimeout: "1h",
  absoluteTimeout: "12h",
  on: { rejected: ({ reason }) => void reasons.push(reason) },
});

/** Genuine cookies to start from: of sessions that live, ended, ran out, or belong elsewhere. */
async function makeCorpus(): Promise<{ corpus: Corpus; sids: Set<string> }> {
  const sids = new Set(FORGED_SIDS);
  const headers: string[] = [];
  const make = async (
    how: (session: Awaited<ReturnType<typeof sessions.open>>) => Promise<unknown>,
  ): Promise<string> => {
    const browser = new Browser();
    const { session, setCookies } = await visit(sessions, "");
    await how(session);
    browser.store(setCookies());
    sids.add(session.id);
    headers.push(browser.header);
    return session.id;
  };
  await make((session) => session.login("old"));
  clock.advance(3_600_001);
  await sessions.revokeSession(await make((session) => session.login("revoked")));
  for (const subject of ["a", "b"]) await make((session) => session.login(subject));
  await make(async (session) => {
    session.data.cart.push("x");
    session.flash("notice", "hello");
    await session.save();
  });
  await make(async (session) => {
    session.data.cart = ["y".repeat(7_000)];
    await session.login("c");
  });
  const values = headers.flatMap((header) => header.split("; ").map((pair) => pair.slice(pair.indexOf("=") + 1)));
  const kid = bareKeyId(SECRET);
  const keys = deriveKeys(SECRET, "session", name);
  const flashKeys = deriveKeys(SECRET, "flash", name);
  return { corpus: { base, kid, keys, flashKeys, now: clock.now(), headers, values }, sids };
}

const { corpus, sids } = await makeCorpus();
const random = new Random(SEED);

/** Opens and saves one header; says what is wrong, if anything is. */
async function offend(header: string): Promise<string | undefined> {
  Object.assign(depth, { verified: false, decrypted: false, validated: false });
  reasons = [];
  const writes: string[] = [];
  const jar: CookieJar = { read: () => header, write: (cookie, value) => void writes.push(`${cookie}=${value}`) };
  const session = await sessions.open(jar);
  const saved = await session.save();
  if (writes.length > 0 || saved.written) return `wrote ${writes.join()}`;
  if (!reasons.every(isReason)) return `gave the reasons ${reasons.join()}`;
  if (!session.isNew && !sids.has(session.id)) return "let in a session that nobody sealed";
  if (!Array.isArray(session.data.cart) || Object.hasOwn(Object.prototype, "admin"))
    return "gave data that the schema does not allow";
  reached.grammar += Number(depth.verified || reasons.includes("unknown_key"));
  reached.mac += Number(depth.verified);
  reached.decryption += Number(depth.decrypted);
  reached.schema += Number(depth.validated);
  const outcome = session.isNew ? (session.rejection ?? "no session") : "accepted";
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return undefined;
}

test.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
  "hostile cookies never throw, never set a cookie, and let nobody in: batch %i",
  async () => {
    for (let count = 0; count < BATCH; count++) {
      const { kind, header } = hostileHeader(random, corpus);
      const problem = await offend(header).catch((error: unknown) => `threw ${String(error)}`);
      if (problem) throw new Error(`seed ${SEED}, ${kind}: ${problem}, for ${JSON.stringify(header).slice(0, 2_000)}`);
    }
  },
  60_000,
);

test("every stage was reached by a fair share of the headers", () => {
  const shares = Object.entries(reached).map(([stage, count]) => [stage, count / COUNT] as const);
  const list = (entries: Iterable<readonly [string, number]>, text: (value: number) => string): string =>
    [...entries].map(([key, value]) => `${key} ${text(value)}`).join(", ");
  console.log(
    `fuzz (${cipher.name}, seed ${SEED}): ${COUNT} headers; reached ${list(shares, (share) => `${(share * 100).toFixed(1)} %`)}; ended ${list(outcomes, String)}`,
  );
  for (const [stage, share] of shares) expect([stage, share >= LEAST_SHARE]).toEqual([stage, true]);
  expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(COUNT);
});
