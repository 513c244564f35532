import type { KeyState } from "../../keyring/key.js";
import { bareKeyId } from "../../keyring/file/fingerprint.js";
import { importRing } from "../../keyring/file/import.js";
import { activeKey, stateOf } from "../../keyring/rotation/dates.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { type Definition, RING_VARIABLE } from "./definitions.js";
import type { Facts } from "./facts.js";

/** A ring or a secret that is known here: what its keys are, and the one that seals. */
export interface KnownRing {
  /** Where it was found, for people. */
  readonly from: string;
  readonly active: string;
  readonly states: ReadonlyMap<string, KeyState>;
}

/**
 * The rings that an application here could run on. The first one is the ring that it should run on: the file's, else
 * that of `SESSION_KEYRING`. Empty where there is none of the two.
 */
export function knownRings({ file, path, environment }: Facts, now: number): KnownRing[] {
  const own = file?.ring && ofDocument(path, file.ring.document, now);
  const defined = environment.definitions.filter(({ form }) => form.kind !== "broken");
  const first = own ? undefined : defined.find(({ name }) => name === RING_VARIABLE);
  if (!own && !first) return [];
  const others = defined.filter((definition) => definition !== first).map((other) => ofDefinition(other, now));
  return [own ?? [], first ? ofDefinition(first, now) : [], others].flat();
}

function ofDefinition({ name, where, value, form }: Definition, now: number): KnownRing {
  const from = `${name} in ${where}`;
  if (form.kind === "ring") return ofDocument(from, importRing(value, {}, 0).document, now);
  const id = bareKeyId(value);
  return { from, active: id, states: new Map([[id, "active"]]) };
}

function ofDocument(from: string, ring: RingDocument, now: number): KnownRing {
  const states = new Map(ring.keys.map((key) => [key.id, stateOf(key, ring, now)]));
  return { from, active: activeKey(ring, now).id, states };
}
