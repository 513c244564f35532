import { afterEach, expect, test, vi } from "vitest";
import { newKey, newRingId } from "../../../dist/keyring/rotation/generate.js";

/** Random bytes to order: for each call the next of these, repeated as often as it takes. */
function rollDice(...rolls: (readonly number[])[]): void {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    const roll = rolls.shift();
    if (!roll || !(array instanceof Uint8Array)) throw new Error("more dice than were given");
    array.set(Array.from(array, (_, at) => roll[at % roll.length] ?? 0));
    return array;
  });
}
afterEach(() => vi.restoreAllMocks());

const SECRET_BYTES = [7];
const times = { createdAt: 1, activateAt: 2 };

test("an id is spelled with 32 letters and digits that are not mistaken for each other", () => {
  rollDice(SECRET_BYTES, [0, 7, 8, 11, 12, 22, 23, 24], [25, 31, 32, 63, 64, 255, 1, 2]);
  expect(newKey([], times)).toEqual({ id: "kahimnyz2", secret: expect.stringMatching(/^sealed_key_Bw/), ...times });
  expect(newRingId()).toBe("r39a9a9bc");
});

test("an id that the ring has or had is not given again", () => {
  rollDice(SECRET_BYTES, [0], [1], [2]);
  expect(newKey([{ id: "kbbbbbbbb" }, { id: "kaaaaaaaa" }], times).id).toBe("kcccccccc");
});
