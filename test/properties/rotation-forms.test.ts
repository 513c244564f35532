import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createKeyring, type Key, parseKeyring } from "sealed-session";
import { summary } from "../../dist/cli/keys/summary.js";
import { formatRingFile, parseRingFile } from "../../dist/keyring/file/document.js";
import { importRing } from "../../dist/keyring/file/import.js";
import { dueActions, transitionsOf } from "../../dist/keyring/rotation/due.js";
import type { RingDocument } from "../../dist/keyring/rotation/document.js";
import { formatSecret } from "../../dist/keyring/secret.js";
import { formatRingText, readRingText } from "../../dist/keyring/text.js";
import { runs } from "./arbitraries.js";
import { START, story } from "./rotation-commands.js";
import type { Version } from "./rotation-world.js";

// Each takes about a second, more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** Reasons of any characters, such as `,:=%"` and what no encoding holds: half a surrogate pair. */
const reason = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.stringMatching(/^[\s,:=%"'\\{}$`!~*()#;&|<>-]{0,40}$/),
);

/** The ring at the end of a story, its revoked keys with any reason. */
const ring: fc.Arbitrary<RingDocument> = fc.tuple(story, reason).map(([{ history }, text]) => {
  const { document } = history.at(-1) as Version;
  const keys = document.keys.map((key): Key => (key.revokedAt === undefined ? key : { ...key, reason: text }));
  return { ...document, keys };
});

/** Half of a surrogate pair is not text: an environment variable cannot hold it. */
function wellFormed(document: RingDocument): RingDocument {
  const decode = (text: string): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.from(text));
  const keys = document.keys.map((key) => (key.reason === undefined ? key : { ...key, reason: decode(key.reason) }));
  return { ...document, keys };
}

test("the file's text says all of the ring, and again the same when it is written again", () => {
  fc.assert(
    fc.property(ring, (document) => {
      const text = formatRingFile({ document, audit: undefined });
      expect(parseRingFile(text, "the file").document).toEqual(document);
      expect(formatRingFile(parseRingFile(text, "the file"))).toBe(text);
      expect(parseRingFile(`\uFEFF${text}`, "the file").document).toEqual(document);
    }),
    runs(300),
  );
});

test("the line for the environment says all of the ring, and needs no quotes anywhere", () => {
  fc.assert(
    fc.property(ring, (document) => {
      const line = formatRingText(document);
      expect(line).toMatch(/^[\w,:=.%-]+$/);
      const { policy: _asText, ...said } = readRingText(line);
      const { policy, ...rest } = wellFormed(document);
      expect(said).toEqual(rest);
      expect(formatRingText(readRingText(line))).toBe(line);
      const keyring = parseKeyring(`${line}\n`);
      expect(keyring.policy).toEqual(policy);
      expect(keyring.entries).toEqual(createKeyring(wellFormed(document)).entries);
    }),
    runs(300),
  );
});

test("a ring goes from a file to the environment and back into a file, and is the same", () => {
  fc.assert(
    fc.property(ring, (document) => {
      const fromFile = parseRingFile(formatRingFile({ document, audit: undefined }), "the file").document;
      const back = importRing(`${formatRingText(fromFile)}\n`, { skew: "17m", rotateEvery: "1d" }, START).document;
      // Nothing of what was there gives way to the options, which fill in what is missing.
      expect(formatRingFile({ document: back, audit: undefined })).toBe(
        formatRingFile({ document: wellFormed(document), audit: undefined }),
      );
    }),
    runs(300),
  );
});

test("the order of the keys in the file means nothing", () => {
  const clock = fc.integer({ min: START - 100, max: START + 1_000 });
  fc.assert(
    fc.property(ring, clock, fc.infiniteStream(fc.nat()), (document, now, order) => {
      const keys = document.keys
        .map((key) => [order.next().value, key] as const)
        .sort(([a], [b]) => a - b)
        .map(([, key]) => key);
      const shuffled = { ...document, keys };
      expect(summary(shuffled, now)).toEqual(summary(document, now));
      expect(dueActions(shuffled, now)).toEqual(dueActions(document, now));
      expect(transitionsOf(shuffled, now)).toEqual(transitionsOf(document, now));
    }),
    runs(400),
  );
});

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** What a keyboard or a word processor puts into a text besides. */
const STRAY = " \t\n.,:;=+/*'\"\u00a0\u200b\u2013é";

/** Every text that is one slip of the finger away. */
function typosOf(secret: string): Set<string> {
  const typos = new Set<string>();
  for (let at = 0; at <= secret.length; at++) {
    const [before, after] = [secret.slice(0, at), secret.slice(at)];
    const character = after.charAt(0);
    typos.add(before + after.slice(1));
    typos.add(before + after.charAt(1) + character + after.slice(2));
    typos.add(before + character.toUpperCase() + after.slice(1));
    typos.add(before + character.toLowerCase() + after.slice(1));
    typos.add(before + character + after);
    for (const other of ALPHABET + STRAY) {
      typos.add(before + other + after);
      if (after !== "") typos.add(before + other + after.slice(1));
    }
  }
  // White space around a secret is no part of it.
  for (const typo of typos) if (typo.trim() === secret) typos.delete(typo);
  return typos;
}

test("every slip of one character in a ring secret is caught, at every place", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const secret = formatSecret(bytes);
      expect(() => createKeyring(secret)).not.toThrow();
      const typos = typosOf(secret);
      expect(typos.size).toBeGreaterThan(9_000);
      expect([...typos].filter((typo) => accepts(() => createKeyring(typo)))).toEqual([]);
    }),
    runs(10),
  );
});

test("a slip in a secret is caught in a ring's text, too, at any place", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), (bytes, choice) => {
      const secret = formatSecret(bytes);
      const line = (text: string): string => `sealed_ring_1,key:id=k1:secret=${text}:activate=1`;
      expect(() => parseKeyring(line(secret))).not.toThrow();
      const typos = [...typosOf(secret)].filter((typo) => !/\s/.test(typo));
      const some = Array.from({ length: 50 }, (_, index) => typos[(choice + index * 191) % typos.length] ?? "");
      expect(some.filter((typo) => accepts(() => parseKeyring(line(typo))))).toEqual([]);
    }),
    runs(100),
  );
});

function accepts(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
