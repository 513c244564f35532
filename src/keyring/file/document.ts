import { createHash } from "node:crypto";
import { z } from "zod";
import { type Duration, formatDuration, parseDuration } from "../../duration.js";
import { KeyringProblem } from "../problem.js";
import type { Key } from "../key.js";
import { keyringOf, type RingDocument } from "../rotation/document.js";
import { fingerprint } from "./fingerprint.js";

/** Where the log of changes stood when the ring was written: a log that is shorter, or other, was tampered with. */
export interface AuditHead {
  readonly entries: number;
  /** SHA-256 of the last entry, in hex. */
  readonly head: string;
}

/** A ring as its file has it. */
export interface RingFile {
  readonly document: RingDocument;
  /** Not there in a file that was written by hand. */
  readonly audit: AuditHead | undefined;
}

const FORMAT = "sealed-session/keyring";
const VERSION = 1;

const id = z.string().regex(/^\w{1,32}$/, "must be 1 to 32 letters, digits or underscores");
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text as Duration, "it");
  } catch {
    context.addIssue('must be a duration such as "30m", "12h" or "90d"');
    return z.NEVER;
  }
});

const schema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  ringId: id,
  revision: z.int().min(1),
  policy: z.strictObject({
    propagation: duration,
    absoluteTimeout: duration,
    skew: duration,
    rotateEvery: duration.optional(),
  }),
  audit: z.strictObject({ entries: z.int().min(1), head: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  keys: z
    .array(
      z.strictObject({
        id,
        fingerprint: z.string().optional(),
        createdAt: time,
        activateAt: time,
        retireAt: time.optional(),
        revokedAt: time.optional(),
        reason: z.string().max(500).optional(),
        secret: z.string().optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a ring file's text.
 *
 * @throws KeyringProblem that names the place, never the value: it may be a secret
 * @throws KeyringError when the ring breaks a rule of `createKeyring`
 */
export function parseRingFile(text: string, name: string): RingFile {
  const result = schema.safeParse(parseJson(text, name));
  if (!result.success) {
    const problems = result.error.issues.slice(0, 3).map((issue) => `${placeOf(issue.path)}: ${messageOf(issue)}`);
    throw new KeyringProblem("invalid", `${name} is not a key ring this version can read: ${problems.join("; ")}`);
  }
  const { ringId, revision, policy, audit, keys } = result.data;
  // No property is undefined: JSON has no such value.
  const document = { ringId, revision, policy, keys: keys.map(keyOf) } as RingDocument;
  keyringOf(document);
  for (const key of keys) assertFingerprint(key, name);
  return { document, audit };
}

/** The text of a ring file. Holds the secrets. */
export function formatRingFile({ document, audit }: RingFile): string {
  const { keys, ...rest } = written(document);
  return `${JSON.stringify({ ...rest, audit, keys }, undefined, 2)}\n`;
}

/** SHA-256 of all that a ring says, in hex. It has fingerprints for secrets: it stands in the log. */
export function ringHash(document: RingDocument): string {
  const { policy, keys, ...rest } = written(document);
  // A policy's rules may stand in any order.
  const rules = Object.entries(policy).sort(([one], [other]) => (one < other ? -1 : 1));
  const said = {
    ...rest,
    policy: Object.fromEntries(rules),
    keys: keys.map(({ secret: _secret, ...key }) => key),
  };
  return createHash("sha256").update(JSON.stringify(said)).digest("hex");
}

function written({ ringId, revision, policy, keys }: RingDocument) {
  return {
    format: FORMAT,
    version: VERSION,
    ringId,
    revision,
    policy: Object.fromEntries(Object.entries(policy).map(([rule, ms]) => [rule, formatDuration(ms)])),
    keys: keys.map(({ id: kid, secret, createdAt, activateAt, retireAt, revokedAt, reason }) => ({
      id: kid,
      fingerprint: secret === undefined ? undefined : fingerprint(secret),
      createdAt: formatTime(createdAt),
      activateAt: formatTime(activateAt),
      retireAt: formatTime(retireAt),
      revokedAt: formatTime(revokedAt),
      reason,
      secret,
    })),
  };
}

function formatTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch {
    // The parser's own message quotes the text, hence maybe a secret.
    throw new KeyringProblem("invalid", `${name} is not JSON: it is empty, cut off, or was edited by hand`);
  }
}

function keyOf({ fingerprint: _checked, ...key }: z.infer<typeof schema>["keys"][number]): Key {
  return key as Key;
}

/** Secrets that were swapped by hand would make every cookie's key id lie. */
function assertFingerprint(key: z.infer<typeof schema>["keys"][number], name: string): void {
  if (key.secret === undefined || key.fingerprint === undefined) return;
  if (key.fingerprint === fingerprint(key.secret)) return;
  throw new KeyringProblem("invalid", `${name}: the secret of key ${key.id} is not the one of its fingerprint`);
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? "the whole"
    : path
        .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
        .join("")
        .slice(1);
}

/** Unknown fields by their names, which may be secrets only if somebody wrote one before a colon. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys" ? "there is a field that does not belong there" : issue.message;
}
