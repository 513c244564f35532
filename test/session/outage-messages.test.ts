import { expect, test } from "vitest";
import { ConfigurationError, memoryStore, type RevocationStore, RevocationUnavailableError } from "sealed-session";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* What is thrown while the store fails says what is unknown now: to try again is right for one, to worry for another. */

let lists = 0;
const broken = new Error("connection refused");

/** Someone signed in, on a store of which one method fails from then on. */
async function signedIn(method: string, error: unknown = broken) {
  const store: RevocationStore = memoryStore({ name: `messages-${process.pid}-${++lists}` });
  const { sessions, clock } = testManager({ revocation: store, directory: true });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const { session } = await visit(sessions, browser.header);
  const target = (method in store ? store : store.directory) as unknown as Record<string, unknown>;
  target[method] = async () => Promise.reject(error);
  return { sessions, clock, browser, session };
}

type World = Awaited<ReturnType<typeof signedIn>>;

const RECORDED = "whether the revocation was recorded is unknown";
const CASES: [string, method: string, act: (world: World) => Promise<unknown>, problem: string][] = [
  [
    "a request",
    "check",
    ({ sessions, browser }) => visit(sessions, browser.header),
    "whether the session is still valid is unknown",
  ],
  ["a login", "issue", ({ session }) => session.login("ada"), "whether a new session was begun is unknown"],
  ["a regenerate", "regenerate", ({ session }) => session.regenerate(), "whether the session got a new id is unknown"],
  ["a revocation", "revokeSession", ({ sessions, session }) => sessions.revokeSession(session.id), RECORDED],
  ["a user's revocation", "revokeSubject", ({ sessions }) => sessions.revokeSubject("ada"), RECORDED],
  ["everybody's revocation", "revokeAll", ({ sessions }) => sessions.revokeAll(), RECORDED],
  ["the directory", "count", ({ sessions }) => sessions.directory.count(), "there was no answer"],
  ["the list's size", "stats", ({ sessions }) => sessions.revocations.stats(), "there was no answer"],
];

test.each(CASES)("%s", async (_name, method, act, problem) => {
  const error = await act(await signedIn(method)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RevocationUnavailableError);
  expect((error as Error).message).toBe(
    `The revocation list could not be consulted: ${problem}. The error's cause says why`,
  );
  expect((error as Error).cause).toBe(broken);
});

test("a sign-out", async () => {
  const { session } = await signedIn("revokeSession");
  const error = await session.destroy().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    message:
      "The sign-out is not recorded: the revocation list did not answer, so a copy of the cookies still works. Call destroy() again when it does",
    cause: broken,
  });
});

test("a wrong set-up is told in its own words, whichever copy of this package it comes from", async () => {
  const foreign = Object.assign(new Error("maxmemory-policy"), { code: "ERR_CONFIGURATION" });
  for (const wrong of [new ConfigurationError("maxmemory-policy"), foreign]) {
    const { session } = await signedIn("issue", wrong);
    await expect(session.login("ada")).rejects.toBe(wrong);
  }
  const { session } = await signedIn("issue", undefined);
  await expect(session.login("ada")).rejects.toBeInstanceOf(RevocationUnavailableError);
});

test("what the directory is told of a renewal may fail: the session is good without", async () => {
  const { sessions, clock, browser } = await signedIn("touch");
  clock.advance(30 * 60_000);
  const { session } = await visit(sessions, browser.header);
  session.data["cart"] = ["book"];
  expect(await session.save()).toEqual({ written: true });
});
