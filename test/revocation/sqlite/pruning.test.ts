import { expect, test } from "vitest";
import { fixedClock } from "../../support/sessions.js";
import { newPath, openDatabase, openStore } from "./support/files.js";

test("prune counts the sign-ins that ended with everything or by their time, so that none stays when it says 0", async () => {
  const file = newPath();
  const clock = fixedClock();
  const store = openStore(file, { clock: clock.now });
  const enter = (name: string, until: number) =>
    store.issue({ sid: name, subject: "ada", signIn: { id: name, at: clock.now(), until } });
  for (let i = 0; i < 7; i++) await enter(`before-${i}`, clock.now() + 3_600_000);
  await store.revokeAll();
  for (let i = 0; i < 7; i++) await enter(`short-${i}`, clock.now() + 1_000);
  await enter("kept", clock.now() + 3_600_000);
  clock.advance(2_000);
  const counts: number[] = [];
  do counts.push(await store.prune(3));
  while (counts.at(-1) !== 0);
  expect(counts).toEqual([3, 3, 3, 3, 2, 0]);
  expect(openDatabase(file).prepare("SELECT id FROM sealed_session_sign_ins").all()).toEqual([{ id: "kept" }]);
});

test("what one prune removes of entries and sign-ins together is no more than it may", async () => {
  const clock = fixedClock();
  const store = openStore(newPath(), { clock: clock.now });
  await store.announce(1_000);
  for (let i = 0; i < 4; i++) {
    await store.issue({ sid: `a${i}`, subject: "ada", signIn: { id: `a${i}`, at: clock.now(), until: clock.now() } });
    await store.revokeSession(`b${i}`);
  }
  await store.revokeAll();
  clock.advance(3_600_000);
  const counts: number[] = [];
  do counts.push(await store.prune(3));
  while (counts.at(-1) !== 0);
  expect(counts).toEqual([3, 3, 2, 0]);
});
