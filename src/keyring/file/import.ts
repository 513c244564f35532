import { KeyringProblem } from "../problem.js";
import type { Key } from "../key.js";
import { type KeyringOptions, resolvePolicy } from "../ring.js";
import { type Change, keyringOf, type RingDocument } from "../rotation/document.js";
import { ROTATE_EVERY } from "../rotation/create.js";
import { newRingId } from "../rotation/generate.js";
import { isRingText, readRingText } from "../text.js";
import { bareKeyId } from "./fingerprint.js";

/**
 * Makes a ring of text: of a ring in its text form, or of secrets, one a line, of which the first one seals. A bare
 * secret gets the id that its cookies carry, so that they go on opening.
 *
 * @param policy rules for secrets, which have none of their own
 * @throws KeyringError when the text is neither, or breaks a rule
 */
export function importRing(text: string, policy: NonNullable<KeyringOptions["policy"]>, now: number): Change {
  const lines = valuesOf(text);
  const [first] = lines;
  if (first === undefined)
    throw new KeyringProblem("invalid", "There is nothing to import", "Give a ring or secrets on stdin");
  if (isRingText(first) && lines.length > 1) throw new KeyringProblem("invalid", "A ring is one line; there is more");
  const document = isRingText(first) ? fromText(first, policy) : fromSecrets(lines, policy, now);
  keyringOf(document);
  return { document, verb: "import", keys: document.keys.map(({ id }) => id), notes: [] };
}

/** A line of an environment file, in quotes or not. */
const ASSIGNMENT = /^(?:export\s+)?([A-Z][A-Z0-9_]*)=(["']?)(.*)\2$/;

/** The lines that say something; of an environment file the value of its ring, or of its only variable. */
function valuesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  const assignments = lines.flatMap((line) => {
    const [, name = "", , value = ""] = ASSIGNMENT.exec(line) ?? [];
    return name === "" ? [] : [{ name, value }];
  });
  if (assignments.length === 0) return lines;
  const named = assignments.filter(({ name }) => name === "SESSION_KEYRING");
  const chosen = named.length > 0 ? named : assignments;
  if (chosen.length === 1) return chosen.map(({ value }) => value);
  throw new KeyringProblem(
    "invalid",
    "There are several variables",
    "Give the value of the one that holds the ring or the secret, alone",
  );
}

function fromText(line: string, extra: NonNullable<KeyringOptions["policy"]>): RingDocument {
  const { ringId = newRingId(), revision = 1, policy, keys } = readRingText(line);
  const complete = keys.map((key): Key => ({ ...key, createdAt: key.createdAt ?? key.activateAt }));
  return { ringId, revision, policy: resolvePolicy({ ...extra, ...policy }), keys: complete };
}

function fromSecrets(
  secrets: readonly string[],
  policy: NonNullable<KeyringOptions["policy"]>,
  now: number,
): RingDocument {
  const keys = secrets.map((secret, index): Key => {
    return { id: bareKeyId(secret), secret, createdAt: now, activateAt: now - index };
  });
  return { ringId: newRingId(), revision: 1, policy: resolvePolicy({ rotateEvery: ROTATE_EVERY, ...policy }), keys };
}
