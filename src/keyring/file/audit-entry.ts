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
  /** The revision that the change made. */
  readonly revision: number;
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

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.strictObject({
  n: z.int().min(1),
  at: z.iso.datetime(),
  verb: z.string(),
  ringId: z.string(),
  revision: z.int().min(1),
  keys: z.array(z.string()),
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
  revision,
  keys,
  by,
  reason,
  prev,
}: Omit<AuditEntry, "hash">): AuditEntry {
  const entry = { n, at, verb, ringId, revision, keys, by, ...(reason !== undefined && { reason }), prev };
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
