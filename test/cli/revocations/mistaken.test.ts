import { describe, expect, test } from "vitest";
import { place, sidOf, signIn } from "./place.js";

describe("revoke session with a sign-in's id", () => {
  test.each([
    ["as the argument", `revoke session ${sidOf(1_001)}`, ""],
    ["from stdin", "revoke session -", `${sidOf(1_001)}\n`],
  ])("%s ends that sign-in, and says so", async (_how, command, input) => {
    const it = await place();
    await signIn(it, 1, "ada");
    await signIn(it, 2, "ada");
    const { code, err } = it.run(command, { input });
    expect(code, err).toBe(0);
    expect(err).toContain(`Recorded: session ${sidOf(1).slice(0, 6)}… (sign-in ${sidOf(1_001)}) is revoked since`);
    expect(err).toContain("Note: This is a sign-in's id, so its session is meant.");
    // It is no secret.
    expect(err).not.toContain("process list");
    expect(await it.store.check({ sid: sidOf(1) })).toMatchObject({ session: "revoked" });
    expect(await it.store.check({ sid: sidOf(2) })).toMatchObject({ session: "live" });
    expect(await it.store.stats()).toMatchObject({ sessions: 1 });
  });

  test("says the same in a dry run, and to programs", async () => {
    const it = await place();
    await signIn(it, 1, "ada");
    const { out } = it.run(`revoke session ${sidOf(1_001)} --dry-run --json`);
    expect(JSON.parse(out)).toEqual({
      revoked: "session",
      session: `${sidOf(1).slice(0, 6)}…`,
      signIn: sidOf(1_001),
      was: "live",
      dryRun: true,
      notes: ["This is a sign-in's id, so its session is meant."],
    });
    expect(await it.store.stats()).toMatchObject({ sessions: 0 });
  });

  test("of one that is signed in leaves a session's own id as it is", async () => {
    const it = await place();
    await signIn(it, 1, "ada");
    const { err } = it.run("revoke session -", { input: sidOf(1) });
    expect(err).toContain(`Recorded: session ${sidOf(1).slice(0, 6)}… is revoked since`);
    expect(err).not.toContain("Note:");
  });
});

test.each([sidOf(1_009), `${"A".repeat(21)}B`])(
  "--sign-in with an id of the right form that nobody has finds none: %s",
  async (id) => {
    const it = await place();
    await signIn(it, 1, "ada");
    const { code, out, err } = it.run(`revoke session --sign-in ${id}`);
    expect([code, out]).toEqual([6, ""]);
    expect(err).toContain("The directory has no such sign-in");
    expect(err).not.toContain("22 characters");
    expect(await it.store.stats()).toMatchObject({ sessions: 0 });
  },
);

test("a session id of 22 characters that none can have is told what is wrong with it", async () => {
  const { code, err } = (await place()).run(`revoke session ${"A".repeat(21)}B`);
  expect(code).toBe(2);
  expect(err).toContain("the last is A, Q, g or w");
});

describe("revoke user with an id that nobody is signed in with", () => {
  test.each([
    ["mistyped", "adaa"],
    ["with a blank after it", "ada "],
  ])("%s is noted", async (_how, user) => {
    const it = await place();
    await signIn(it, 1, "ada");
    for (const dry of ["", " --dry-run"]) {
      const { code, err } = it.run(`revoke user '${user}'${dry}`);
      expect(code, err).toBe(0);
      expect(err).toContain(`Note: The directory has no sign-in of "${user}".\n`);
      expect(JSON.parse(it.run(`revoke user '${user}' --json${dry}`).out)).toMatchObject({
        user,
        signIns: 0,
        notes: [`The directory has no sign-in of "${user}".`],
      });
    }
  });

  test("is not, where the directory has them or is not used", async () => {
    const it = await place();
    expect(it.run("revoke user ada --dry-run").err).not.toContain("Note:");
    await signIn(it, 1, "ada");
    expect(it.run("revoke user ada --dry-run").err).not.toContain("no sign-in of");
  });
});
