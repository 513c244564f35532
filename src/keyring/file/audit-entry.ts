import { createHash } from "node:crypto";
import { z } from "zod";

/** One change of a ring, as the log has it. It never holds a secret. */
export interface AuditEntry {
  /** 1 for the first. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  readonly verb: string;
  readonly ringId: string;
  /** The revision that the change was made from; 0 for a ring that was made new, or imported. */
  readonly from: number;
  /** The revision that the change made. */
  readonly revision: number;
  /** The hash of the ring that the change made; see `ringHash`. */
  readonly ring: string;
  /** The ids of the keys that it changed. */
  readonly keys: readonly string[];
  /** Who, as user@host. */
  readonly by: string;
  readonly reason?: string;
  /** The hash of the entry before. */
  readonly prev: string;
  /** SHA-256 of all of the above, in hex. */
  readonly hash: string;
}

/** What the first entry has for a hash before it. */
export const NO_HASH = "0".repeat(64);

/** Nothing that could steer the terminal that shows it. */
const word = z.string().regex(/^\w{1,32}$/);
const words = z.string().regex(/^\w[\w -]{0,31}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.strictObject({
  n: z.int().min(1),
  at: z.iso.datetime(),
  verb: words,
  ringId: word,
  from: z.int().min(0),
  revision: z.int().min(1),
  ring: hash,
  keys: z.array(word),
  by: z.string(),
  reason: z.string().optional(),
  prev: hash,
  hash,
});

/** An entry with its hash. The fields are hashed as they are written: in this order. */
export function sealEntry({
  n,
  at,
  verb,
  ringId,
  from,
  revision,
  ring,
  keys,
  by,
  reason,
  prev,
}: Omit<AuditEntry, "hash" | "reason"> & { readonly reason?: string | undefined }): AuditEntry {
  const why = reason !== undefined && { reason };
  const entry = { n, at, verb, ringId, from, revision, ring, keys, by, ...why, prev };
  return { ...entry, hash: createHash("sha256").update(JSON.stringify(entry)).digest("hex") };
}

/** @returns the entry of a line; `undefined` for one that is not an entry, or whose hash is not its own */
export function readEntry(line: string): AuditEntry | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const result = schema.safeParse(parsed);
  if (!result.success) return undefined;
  const entry = result.data as AuditEntry;
  return sealEntry(entry).hash === entry.hash ? entry : undefined;
}
