import { type CookieJar, type DirectoryOptions, memoryStore, type RevocationStore } from "sealed-session";
import { expect, test } from "vitest";
import { play, plainJar } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

/* What the directory is told of a sign-in, and when it is told nothing. */

type Label = NonNullable<DirectoryOptions["label"]>;
let lists = 0;

/** What someone's sign-in is called who came with this jar. */
async function labelBy(label: Label | undefined, jar: CookieJar = plainJar("")): Promise<string | undefined> {
  const { sessions } = testManager({ directory: label === undefined ? true : { label } });
  const session = await sessions.open(jar);
  await session.login("ada");
  const [signIn] = await sessions.directory.list("ada");
  return signIn?.label;
}

test.each([7, {}, null, undefined, "", ["Firefox"]])("a label of %o is none, and keeps nobody out", async (value) => {
  expect(await labelBy(() => value as string)).toBeUndefined();
});

test("without the option label there is none", async () => {
  expect(await labelBy(undefined)).toBeUndefined();
});

test("it may be made of the subject and the request's headers, whose names reach the jar in lower case", async () => {
  const asked: string[] = [];
  const requestHeader = (name: string): string | null => {
    asked.push(name);
    return name === "user-agent" ? "Firefox" : null;
  };
  const label: Label = ({ subject, header }) => `${header("User-Agent")} of ${subject} in ${header("X-City") ?? "?"}`;
  expect(await labelBy(label, { ...plainJar(""), requestHeader })).toBe("Firefox of ada in ?");
  expect(asked).toEqual(["user-agent", "x-city"]);
});

test("a jar that knows no headers gives none", async () => {
  expect(await labelBy(({ header }) => header("user-agent") ?? "unknown device")).toBe("unknown device");
});

/** A store that counts what its directory is told. */
function counting() {
  const store = memoryStore({ name: `label-${process.pid}-${++lists}` });
  const told: string[] = [];
  const directory = {
    ...(store.directory as NonNullable<typeof store.directory>),
    touch: (sid: string) => void told.push(`touch ${sid}`),
  };
  const revocation: RevocationStore = {
    ...store,
    issue(query) {
      if (query.signIn) told.push(`sign-in of ${query.subject}`);
      return store.issue(query);
    },
    directory,
  };
  return { revocation, told };
}

const HALF_AN_HOUR = 1_800_000;

async function useFor2Hours(option: { directory?: boolean }, subject: string | undefined): Promise<string[]> {
  const { revocation, told } = counting();
  const { sessions, clock } = testManager({ revocation, ...option });
  const browser = new Browser();
  await play(sessions, browser, async (session) => {
    session.set("a", 0);
    await (subject === undefined ? session.save() : session.login(subject, { label: "Firefox" }));
  });
  for (let a = 1; a <= 2; a++) {
    clock.advance(HALF_AN_HOUR);
    await play(sessions, browser, (session) => session.save());
    clock.advance(HALF_AN_HOUR);
    await play(sessions, browser, (session) => (session.set("a", a), session.save()));
  }
  await play(sessions, browser, (session) => session.regenerate());
  return told.map((what) => what.replace(/ [\w-]{22}$/, ""));
}

test.each([{}, { directory: false }])("with the options %o no store is told of anybody", async (option) => {
  expect(await useFor2Hours(option, "ada")).toEqual([]);
});

test("a guest is nobody's sign-in", async () => {
  expect(await useFor2Hours({ directory: true }, undefined)).toEqual([]);
});

test("who signed in is told of at the login, and at each renewal", async () => {
  expect(await useFor2Hours({ directory: true }, "ada")).toEqual([
    "sign-in of ada",
    "touch",
    "touch",
    "touch",
    "touch",
  ]);
});
