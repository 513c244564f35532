import type { Key } from "../key.js";
import { KeyringProblem } from "../problem.js";
import type { RingDocument } from "./document.js";

const MIN_PREFIX = 3;

/**
 * The key of that id, or of an id that begins like that.
 *
 * @throws KeyringProblem when there is none, or more than one
 */
export function findKey(ring: RingDocument, id: string): Key {
  const exact = ring.keys.find((key) => key.id === id);
  if (exact) return exact;
  const similar = id.length >= MIN_PREFIX ? ring.keys.filter((key) => key.id.startsWith(id)) : [];
  if (similar[0] && similar.length === 1) return similar[0];
  // Not repeated whole: what was given for an id may be a secret.
  const shown = id.length > 12 ? `${id.slice(0, 6)}…` : id;
  if (similar.length > 1) {
    throw new KeyringProblem("not_found", `${shown} begins the ids of ${similar.map((key) => key.id).join(", ")}`);
  }
  throw new KeyringProblem(
    "not_found",
    `The ring has no key ${shown}`,
    `It has ${ring.keys.map((key) => key.id).join(", ")}`,
  );
}
