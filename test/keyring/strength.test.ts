import { describe, expect, test } from "vitest";
import { estimateBits } from "../../dist/keyring/strength.js";

/** Nothing in it follows from anything else. */
const RANDOM = "kX3vJm0q";

describe("random text has the bits of its alphabet", () => {
  test.each([
    ["hexadecimal digits", "0f8b6c1d93ae4d72b5f027c1e98a6d34", 4],
    ["upper-case ones", "0F8B6C1D93AE4D72B5F027C1E98A6D34", 4],
    ["digits, which are hexadecimal, too", "7302914685730918", 4],
    [
      "hexadecimal digits of both cases, which are letters and digits",
      "0F8B6c1D93AE4D72B5F027C1E98A6D34",
      Math.log2(62),
    ],
    ["one case of letters", "kvxqjzmwpgbfyhdulcsnrtaoei", Math.log2(26)],
    ["both cases", "kvxqjzmwpKGBFYHDULCS", Math.log2(52)],
    ["letters and digits", "kvxqjz5wp3GBFYHDUL", Math.log2(62)],
    ["with another character, of which people use few", "kvxqjz5wp3GBF+HDUL", Math.log2(64)],
    ["six different characters of fifteen, which are enough", "kvxqjzkxqvjzvkq", Math.log2(26)],
    ["few different characters: as many bits as these have", "kvxkvqxvkqxvkxq", Math.log2(4)],
  ])("%s", (_what, text, each) => {
    expect(estimateBits(text)).toBeCloseTo(text.length * each, 9);
  });

  test.each([
    "6e9f0a3c-52d7-4b1e-8c45-d19a7b03e2f8",
    "0F8B6C1D-93AE-4D72-B5F0-27C1E98A6D34",
    "0f8b6c1d-93ae-7d72-95f0-27c1e98a6d34",
  ])("a UUID has 122, whatever it looks like: %s", (uuid) => {
    expect(estimateBits(uuid)).toBe(122);
  });

  test.each([
    ["another version", "0f8b6c1d-93ae-9d72-b5f0-27c1e98a6d34"],
    ["another variant", "0f8b6c1d-93ae-4d72-75f0-27c1e98a6d34"],
    ["something before it", "x0f8b6c1d-93ae-4d72-b5f0-27c1e98a6d34"],
    ["something after it", "0f8b6c1d-93ae-4d72-b5f0-27c1e98a6d34x"],
  ])("what is not quite a UUID is judged as text: %s", (_what, text) => {
    expect(estimateBits(text)).not.toBe(122);
  });

  test("a UUID with a pattern is judged as text, too", () => {
    expect(estimateBits("00000000-0000-4000-8000-000000000000")).toBeLessThan(10);
  });
});

/*
 * Twice as much as is foreseeable beyond what chance brings about, a third, is taken off. So the bits tell how many of
 * the characters were found foreseeable.
 */
const bitsWith = (foreseeable: number, length: number): number =>
  (length - 2 * (foreseeable - 0.33 * length)) * Math.log2(62);

describe("foreseeable characters", () => {
  test.each([
    ["the same one", "aaaaaaaaaaaa", 12],
    ["the alphabet", "abcdefghijkl", 12],
    ["backwards", "lkjihgfedcba", 12],
    ["digits", "234567892345", 12],
    ["with a break, where two are left over", "890123456789", 10],
    ["a keyboard's upper row, where a third one's beginning is too short", "poiuytrewqlk", 10],
    ["its middle row", "asdfghjklasd", 9],
    ["its lower row, twice", "zxcvbnmzxcvb", 12],
    ["a German one", "qwertzuiopqw", 10],
    ["its columns", "1qaz2wsx3edc", 12],
    ["two runs in turns", "a1b2c3d4e5f6", 12],
    ["in both directions", "9z8y7x6w5v4u", 12],
    ["a piece that comes again: from its second time on", "Wq7zWq7zWq7z", 8],
    ["a shorter one", "Wq7Wq7Wq7Wq7", 9],
    ["a long word with common pairs of letters, less what has none", "purpleturtle", 9],
    ["with a capital", "Purpleturtle", 9],
    ["in capitals", "PURPLETURTLE", 9],
    ["short words with common pairs between other things", "Here1There2W", 9],
    ["usual words, in any case", "pAsSwOrDpAsS", 12],
    ["with digits for letters", "p4ssw0rdtok3", 11],
    ["with other digits for letters", "5ecre7t0k3nx", 11],
    ["pairs, which are sequences in turns", "aabbccddeeff", 12],
    ["two in turns", "abababababab", 12],
    ["two of a keyboard's rows in turns", "1q2w3e4r5t6y", 12],
    ["German for one of the usual words, and a shorter one", "passwortpasswd", 14],
    ["without a letter that most have", "passwrdpasswad", 14],
    ["its beginning alone, with a digit for a letter", "p4ssw9", 5],
    ["words of six letters, one of which ends where others begin", "therin4onteal5", 12],
    ["a long word after another", "therin4purpleturtle", 15],
  ])("%s: %s", (_what, pattern, foreseeable) => {
    const text = pattern + RANDOM;
    expect(estimateBits(text)).toBeCloseTo(bitsWith(foreseeable, text.length), 6);
  });

  test.each([
    ["two runs in turns", "a1b2c3d4e5f6", 12],
    // A third of the text: one more would count.
    ["seven of the same, before what is too short to be a run in turns", "aaaaaaakX3vJm0qWza7b9", 7],
  ])("at the end: %s", (_what, pattern, foreseeable) => {
    const text = pattern.startsWith("aaa") ? pattern : RANDOM + pattern;
    expect(estimateBits(text)).toBeCloseTo(bitsWith(foreseeable, text.length), 6);
  });

  test("signs for letters are read as these", () => {
    const text = `$erver@dmin${RANDOM}`;
    expect(estimateBits(text)).toBeCloseTo((19 - 2 * (11 - 0.33 * 19)) * Math.log2(64), 6);
  });

  test.each([
    ["a word without common pairs", "xKwQxTbLrPzM"],
    ["every other letter, which is no run", "acegikmoqsuw"],
    ["three words that stand in a row without any between them", "thexcatxranx"],
    ["words of three letters between digits", "the1her2ing3"],
  ])("what chance may bring about costs nothing: %s", (_what, text) => {
    expect(estimateBits(text + RANDOM)).toBeCloseTo(20 * Math.log2(62), 6);
  });

  test.each([
    ["a-of-my-to-be-or", 11],
    ["a of my to be or", 11],
    ["a_of_my_to_be_or", 11],
    ["a.of.my.to.be.or", 11],
    ["-of-my-to-be-or-", 10],
    // A single capital is no word.
    ["A.OF.MY.TO.BE.OR", 10],
  ])("words between separators count whole, however short: %s", (text, foreseeable) => {
    expect(estimateBits(text)).toBeCloseTo((16 - 2 * (foreseeable - 0.33 * 16)) * Math.log2(28), 6);
  });

  test("other characters separate nothing", () => {
    expect(estimateBits("a+of+my+to+be+or")).toBeCloseTo(16 * Math.log2(28), 6);
  });

  test("hexadecimal text is not read as words: chance writes them", () => {
    const words = "deadbeefcafebabefacefeed";
    const digits = "0f8b6c1d93ae4d72b5f027c1e98a6d34";
    // Letters alone are meant; among digits they are chance.
    expect(estimateBits(words)).toBeLessThan(40);
    expect(estimateBits(`${digits}face${digits.split("").reverse().join("")}`)).toBe(68 * 4);
    // More than a fifth of it digits, and exactly a fifth.
    expect(estimateBits("face0feed1dead2beef3cafe4babe567")).toBe(32 * 4);
    expect(estimateBits("face0feed1dead2beef3")).toBeCloseTo((20 - 2 * (16 - 0.33 * 20)) * 4, 6);
  });
});

test("a pattern all through leaves nothing, and never less", () => {
  for (const text of ["aaaaaaaaaaaaaaaaaaaa", "0123456789012345678901234567890123456789", "passwordpasswordpassword"])
    expect(estimateBits(text)).toBe(0);
});
