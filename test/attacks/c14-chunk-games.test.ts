import { describe, expect, test } from "vitest";
import { chunkNames, joinTokens } from "../../dist/cookies/chunks.js";
import { MAX_HEADER_CHARS, MAX_SAME_NAMED } from "../../dist/cookies/header.js";
import { ADAPTERS } from "../adapters/adapters.js";
import { namesSet, plainJar } from "../support/play.js";
import { Browser, copyOf, testManager, visit } from "../support/sessions.js";
import { watchCipher } from "./support/cipher-watch.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C14. A cookie in several parts is a small protocol, and its reader believes the sender: a number of chunks that was
 * the bound of a loop (traefik-oidc-auth #291), a writer without a limit (h3 #1469), a sign-out that left chunks behind
 * (radar #497). Here the count is one digit, at most four chunks are read, and one MAC is over the whole.
 */

/** The values of a session's chunks, in order. */
type Chunks = readonly string[];

const label = (chunks: Chunks): string => (chunks[0] ?? "").slice(0, 5);
const bare = (chunk: string): string => chunk.slice(5);

/** What can be done to the three chunks of a session; `other` are those of another one. */
const GAMES: Readonly<Record<string, (chunks: Chunks, other: Chunks) => Chunks>> = {
  "one is missing at the end": (chunks) => chunks.slice(0, -1),
  "one is missing at the start": (chunks) => ["", ...chunks.slice(1)],
  "one is missing in the middle": (chunks) => chunks.with(1, ""),
  "only the first is there": (chunks) => chunks.slice(0, 1),
  "two have changed places": (chunks) => chunks.with(0, chunks[1] ?? "").with(1, chunks[0] ?? ""),
  "they come in reverse": (chunks) => chunks.toReversed(),
  "the first stands everywhere": (chunks) => chunks.map(() => chunks[0] ?? ""),
  "the last is another session's": (chunks, other) => chunks.with(2, other[2] ?? ""),
  "the last is another session's, under our label": (chunks, other) =>
    chunks.with(2, label(chunks) + bare(other[2] ?? "")),
  "the first is another session's, under our label": (chunks, other) =>
    chunks.with(0, label(chunks) + bare(other[0] ?? "")),
  "all but one are another session's": (chunks, other) => other.with(1, chunks[1] ?? ""),
  "the count claims one more": (chunks) => relabelled(chunks, String(chunks.length + 1)),
  "the count claims one less": (chunks) => relabelled(chunks, String(chunks.length - 1)),
  "the count claims none": (chunks) => relabelled(chunks, "0"),
  "the count claims one": (chunks) => relabelled(chunks, "1"),
  "the count claims nine": (chunks) => relabelled(chunks, "9"),
  "the count is a letter": (chunks) => relabelled(chunks, "F"),
  "the count has two digits": (chunks) => chunks.map((chunk) => `1${chunk}`),
  "there is no label": (chunks) => chunks.map(bare),
  "the label is of another MAC": (chunks) =>
    chunks.map((chunk) => `${chunk.charAt(0)}AAAA${bare(chunk)}`).with(0, chunks[0] ?? ""),
  "one has a character less": (chunks) => chunks.with(1, (chunks[1] ?? "").slice(0, -1)),
  "one has a character more": (chunks) => chunks.with(1, `${chunks[1]}A`),
  "one has its twin behind it": (chunks) => chunks.with(0, `${chunks[0]}${bare(chunks[0] ?? "")}`),
};

function relabelled(chunks: Chunks, count: string): Chunks {
  return chunks.map((chunk) => count + chunk.slice(1));
}

function headerOf(base: string, chunks: Chunks): string {
  return chunks.map((chunk, at) => `${base}.${at}=${chunk}`).join("; ");
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  async function large() {
    const target = await attack(start);
    const visitors = await Promise.all(["carl", "dora"].map(target.signIn));
    for (const visitor of visitors) await target.ask(visitor, "/large?size=5900");
    const [chunks = [], other = []] = visitors.map(({ cookies }) => [...cookies.values()]);
    expect([chunks.length, other.length]).toEqual([3, 3]);
    return { ...target, chunks, other, carl: visitors[0] as Browser };
  }

  test("no game with chunks opens a session, nor hides a whole one, nor is an error", async () => {
    const { send, cookie, chunks, other, token } = await large();
    expect((await send([headerOf(cookie, chunks)])).json["subject"]).toBe("carl");
    for (const [what, play] of Object.entries(GAMES)) {
      const played = headerOf(cookie, play(chunks, other));
      const { status, json, setCookies } = await send([played]);
      expect([what, status, setCookies, json]).toMatchObject([what, 200, [], NOBODY]);
      const whole = await send([`${played}; ${cookie}=${token}`]);
      expect([what, whole.status, whole.json["subject"]]).toEqual([what, 200, "ada"]);
    }
  });

  test("leftovers of another session, larger or smaller, beside or before, do not get in the way", async () => {
    const { send, cookie, chunks, other } = await large();
    const own = headerOf(cookie, chunks);
    const leftovers = [
      headerOf(cookie, other.slice(0, 1)),
      headerOf(cookie, other.with(2, "")),
      `${cookie}.3=4abcdleftover`,
      `${cookie}=Fe26.2*leftover`,
      headerOf(`${cookie}.guest`, other.slice(0, 2)),
    ];
    for (const left of leftovers) {
      for (const header of [`${own}; ${left}`, `${left}; ${own}`]) {
        expect((await send([header])).json["subject"]).toBe("carl");
      }
    }
  });

  test("a sign-out clears every chunk that the browser has, leftovers too, and ends the copies", async () => {
    const { ask, cookie, carl } = await large();
    const copy = copyOf(carl);
    for (const name of [`${cookie}.3`, `${cookie}.guest.0`, `${cookie}.guest.3`])
      carl.cookies.set(name, "4abcdleftover");
    const had = [...carl.cookies.keys()];
    const { setCookies } = await ask(carl, "/logout");
    expect(namesSet(setCookies).sort()).toEqual(had.map((name) => `-${name}`).sort());
    expect(carl.cookies.size).toBe(0);
    expect((await ask(copy, "/")).json).toMatchObject({ ...NOBODY, rejection: "revoked" });
  });
});

test("ten thousand names of chunks, or all that a header takes, are not looked at", async () => {
  const { sessions, name } = testManager();
  await sessions.ready();
  const base = `__Host-${name}`;
  const chunk = (at: number) => `${base}.${at}=4AAAAx`;
  const thousands = Array.from({ length: 10_000 }, (_, at) => chunk(at));
  const fitting = thousands.slice(0, Math.floor(MAX_HEADER_CHARS / `${chunk(9_999)}; `.length));
  expect(fitting.length).toBeGreaterThan(1_000);
  const { calls } = watchCipher();
  for (const [pairs, reason] of [
    [thousands, "malformed"],
    [fitting, "malformed"],
    [fitting.slice(4), undefined],
  ] as const) {
    const session = await sessions.open(plainJar(pairs.join("; ")));
    expect([session.isNew, session.rejection]).toEqual([true, reason]);
    await session.login("ada");
  }
  expect(calls.filter((call) => call === "verify" || call === "decrypt")).toEqual([]);
});

test("sixteen values in each of four places make sixteen readings, not the 65,536 that they could", () => {
  let steps = 0;
  /** Text that counts how often a piece of it is taken. */
  const counted = (text: string) =>
    ({
      toString: () => text,
      startsWith: (start: string) => text.startsWith(start),
      slice: (from: number) => (steps++, text.slice(from)),
    }) as unknown as string;
  const rows = chunkNames("a").map((name, row): [string, string[]] => [
    name,
    Array.from({ length: MAX_SAME_NAMED }, (_, at) => counted(`4AAAA${row}${String(at).padStart(2, "0")}`)),
  ]);
  expect(joinTokens("a", new Map(rows))).toHaveLength(MAX_SAME_NAMED);
  expect(steps).toBeLessThanOrEqual(4 * MAX_SAME_NAMED ** 2);
});

test("the writer's limit is the reader's: what is written is read back, and more is refused aloud", async () => {
  const { sessions } = testManager();
  let written = 0;
  for (let size = 500; size <= 13_000; size += 250) {
    const browser = new Browser();
    const { session, setCookies } = await visit(sessions, "");
    session.set("large", "x".repeat(size));
    const outcome = await session.save().catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: "ERR_COOKIE_TOO_LARGE" });
      expect(setCookies()).toEqual([]);
      continue;
    }
    written++;
    browser.store(setCookies());
    expect(((await visit(sessions, browser.header)).session.get("large") as string).length).toBe(size);
  }
  expect(written).toBeGreaterThan(30);
  expect(written).toBeLessThan(51);
});
