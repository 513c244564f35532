import { expect, test } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { assertSuccessor, notUsed, notUsedByAll } from "../../../dist/keyring/file/successor.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import type { RingDocument } from "../../../dist/keyring/rotation/document.js";

const PATH = "/app/keyring.json";
const current: RingDocument = { ...createRing({}, Date.UTC(2026, 0, 1)).document, ringId: "ring1", revision: 5 };
const STAYS = "The ring in use (revision 5) stays in use";

function problem(kind: string, text: string, hint: string | undefined): unknown {
  return expect.objectContaining({ kind, problem: text, hint });
}

test.each([
  [
    "another ring",
    { ringId: "ring2", revision: 6 },
    `${PATH} now holds another ring (ring2, not ring1)`,
    "If it is meant, restart",
  ],
  ["an older revision", { revision: 4 }, `${PATH} went back from revision 5 to 4`, "If it is meant, restart"],
  [
    "the same revision with other content",
    { keys: createRing({}, 0).document.keys },
    `${PATH} was changed without a new revision`,
    "Change it by the command line, or raise its revision",
  ],
])("%s is no successor", (_what, parts, text, hint) => {
  expect(() => assertSuccessor(current, { ...current, ...parts }, PATH)).toThrow(problem("refused", text, hint));
});

test("the ring itself, and a later revision of it, may follow", () => {
  assertSuccessor(current, structuredClone(current), PATH);
  assertSuccessor(current, { ...current, revision: 6 }, PATH);
  assertSuccessor(current, { ...current, revision: 6, keys: createRing({}, 0).document.keys }, PATH);
});

test("what is not used says what stays in use, then what to do", () => {
  const refused = new KeyringProblem("refused", "It is a link", "Name the file");
  expect(notUsed(refused, PATH, current)).toEqual(problem("refused", "It is a link", `${STAYS}. Name the file`));
  const broken = new KeyringProblem("invalid", "It is not JSON");
  expect(notUsed(broken, PATH, current)).toEqual(problem("invalid", "It is not JSON", STAYS));
  const gone = new KeyringProblem("not_found", "There is none", "Make one");
  expect(notUsed(gone, PATH, current)).toEqual(
    problem("not_found", "There is none", `${STAYS}. Put it back, or make it again from a backup`),
  );
  const other = new Error("No key may seal");
  expect(notUsed(other, PATH, current)).toEqual(problem("invalid", `${PATH}: No key may seal`, STAYS));
  for (const cause of [refused, broken, gone, other]) expect(notUsed(cause, PATH, current).cause).toBe(cause);
});

test("what one of the ring's users refuses is told with the reason, if there is one", () => {
  const hint = "Where it is refused, the ring before stays in use";
  for (const [cause, why] of [
    [new Error("too long"), "too long"],
    ["too long", "it was refused"],
    [undefined, "it was refused"],
  ] as const) {
    const error = notUsedByAll(cause, PATH, current);
    expect(error).toEqual(problem("refused", `Revision 5 of ${PATH} is not used everywhere: ${why}`, hint));
    expect(error.cause).toBe(cause);
  }
});
