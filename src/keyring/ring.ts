import { DEFAULT_SKEW } from "../clock.js";
import { type Duration, formatDuration, parseDuration } from "../duration.js";
import { KeyringError } from "../errors.js";
import { assertKnown } from "../known-options.js";
import { isSound, type Key, type KeyTimes } from "./key.js";
import { earliestRetirement, neededFor } from "./retirement.js";
import { keyMaterial } from "./secret.js";

/** The rules that a ring's rotation keeps to. */
export interface KeyringPolicy {
  /** How long a changed ring may take to reach every server, in ms. */
  readonly propagation: number;
  /** The longest life of anything sealed with the ring, in ms. Managers and sealers may not exceed it. */
  readonly absoluteTimeout: number;
  /** How far apart any two clocks may be, in ms. */
  readonly skew: number;
  /** How old the active key should get, in ms. Status and plan of the command line go by it; nothing happens by itself. */
  readonly rotateEvery?: number;
}

/** What `createKeyring` takes besides bare secrets. */
export interface KeyringOptions {
  /** In any order: the times decide. `createdAt` is `activateAt` where it is left out. */
  readonly keys: readonly (Omit<Key, "createdAt"> & { readonly createdAt?: number })[];
  /** Default: one hour for `propagation`, 30 days for `absoluteTimeout`, five minutes for `skew`. */
  readonly policy?: { readonly [Rule in keyof KeyringPolicy]?: Duration };
  /** Which ring it is, however often it changes; 1 to 32 of `A-Z a-z 0-9 _`. */
  readonly ringId?: string;
  /** Counts its changes. */
  readonly revision?: number;
}

/** A key with its bytes. A bare secret has no id until the seal layer derives one from it. */
export interface KeyEntry extends KeyTimes {
  readonly secret: Uint8Array<ArrayBuffer> | undefined;
  readonly reason?: string;
}

/**
 * A set of keys, exactly one of which seals at any instant. Opaque: neither `console.log` nor `JSON.stringify` shows
 * a secret.
 */
export interface Keyring {
  /** The ring's policy; a plain secret or a bare list has none. */
  readonly policy: KeyringPolicy | undefined;
  /** Which ring it is, and which of its versions; a plain secret, a bare list, or a ring without them has none. */
  readonly ringId: string | undefined;
  readonly revision: number | undefined;
  /** @internal The keys with their secrets; not enumerable. */
  readonly entries: readonly KeyEntry[];
}

const HOW_TO_SET_ONE =
  "With keyring: process.env.SESSION_KEYRING, set that variable where this runs. Make a secret with: openssl rand -base64 32";
const NO_KEYRING = `No key ring: the option keyring is not set, or empty. ${HOW_TO_SET_ONE}`;
const ID = /^\w{1,32}$/;

/** An id in a message. A long one may be a secret that stands in the wrong place. */
function shown(id: string | undefined): string {
  return id !== undefined && id.length > 12 ? `${id.slice(0, 6)}…` : String(id);
}

/**
 * Makes a key ring from a secret, from a list of secrets (the first one seals, all of them open), or from keys with
 * their times.
 *
 * @throws KeyringError when a secret is missing, weak, a known sample or twice there, when an id or a time is not
 *   valid, when no key may seal, or when a key would retire while cookies it sealed can still be alive
 * @example
 * const keyring = createKeyring([process.env.NEW_SECRET, process.env.OLD_SECRET]);
 */
export function createKeyring(input: string | readonly (string | undefined)[] | KeyringOptions): Keyring {
  if (input === undefined || input === null || input === "") throw new KeyringError(NO_KEYRING);
  if (typeof input === "string") return handle([bareEntry(input, 0, "The key ring's secret")], {});
  if (!Array.isArray(input)) return fromKeys(input as KeyringOptions);
  if (input.length === 0) throw new KeyringError(`The key ring is an empty list. ${HOW_TO_SET_ONE}`);
  const entries = input.map((secret: string | undefined, index) =>
    bareEntry(secret ?? "", -index, `Secret ${index + 1} of the key ring`),
  );
  return handle(entries, {});
}

function bareEntry(secret: string, order: number, name: string): KeyEntry {
  return { secret: keyMaterial(secret, name), createdAt: order, activateAt: order };
}

function fromKeys(options: KeyringOptions): Keyring {
  if (!Array.isArray(options.keys)) {
    throw new KeyringError("A key ring is a secret, a list of secrets, or { keys: [{ id, secret, activateAt }] }");
  }
  assertKnown("createKeyring", options, ["keys", "policy", "ringId", "revision"]);
  const { ringId, revision } = options;
  if (ringId !== undefined && !ID.test(ringId)) {
    throw new KeyringError("ringId: not valid: 1 to 32 letters, digits or underscores");
  }
  if (revision !== undefined && (!Number.isSafeInteger(revision) || revision < 1)) {
    throw new KeyringError("revision: must be a whole number, 1 or more");
  }
  const policy = resolvePolicy(options.policy ?? {});
  const entries = options.keys.map((key) => entryOf({ ...key, createdAt: key.createdAt ?? key.activateAt }));
  for (const entry of entries) assertRetiresInTime(entry, entries, policy);
  return handle(entries, { policy, ringId, revision });
}

/**
 * The policy with its defaults filled in.
 *
 * @throws ConfigurationError for a rule that does not exist or is not a duration
 */
export function resolvePolicy(policy: NonNullable<KeyringOptions["policy"]>): KeyringPolicy {
  assertKnown("policy", policy, ["propagation", "absoluteTimeout", "skew", "rotateEvery"]);
  const { propagation = "1h", absoluteTimeout = "30d", skew = DEFAULT_SKEW, rotateEvery } = policy;
  return {
    propagation: parseDuration(propagation, "policy.propagation"),
    absoluteTimeout: parseDuration(absoluteTimeout, "policy.absoluteTimeout"),
    skew: parseDuration(skew, "policy.skew"),
    ...(rotateEvery !== undefined && { rotateEvery: parseDuration(rotateEvery, "policy.rotateEvery") }),
  };
}

function entryOf({ id, secret, createdAt, activateAt, retireAt, revokedAt, reason }: Key): KeyEntry {
  if (typeof id !== "string" || !ID.test(id)) {
    // Not repeated: what stands in its place may be the secret.
    throw new KeyringError("The key ring has a key whose id is not valid: 1 to 32 letters, digits or underscores");
  }
  for (const [name, time] of Object.entries({
    createdAt,
    activateAt,
    retireAt: retireAt ?? 0,
    revokedAt: revokedAt ?? 0,
  })) {
    if (!Number.isSafeInteger(time)) {
      throw new KeyringError(
        `Key ${shown(id)}: ${name} must be whole milliseconds since the Unix epoch (of a Date, its getTime())`,
      );
    }
  }
  return {
    id,
    secret: secret === undefined ? undefined : keyMaterial(secret, `The secret of key ${shown(id)}`),
    createdAt,
    activateAt,
    ...(retireAt !== undefined && { retireAt }),
    ...(revokedAt !== undefined && { revokedAt }),
    ...(reason !== undefined && { reason }),
  };
}

function assertRetiresInTime(key: KeyEntry, all: readonly KeyEntry[], policy: KeyringPolicy): void {
  if (key.retireAt === undefined || !isSound(key)) return;
  const earliest = earliestRetirement(key, all, policy);
  if (key.retireAt >= earliest) return;
  const why =
    earliest === Number.POSITIVE_INFINITY
      ? "it has no successor, so nothing could seal"
      : `not before ${new Date(earliest).toISOString()}: ${formatDuration(neededFor(policy))} after its successor activates`;
  throw new KeyringError(
    `Key ${shown(key.id)} may not retire at ${new Date(key.retireAt).toISOString()}: ${why}. A compromised key is revoked instead (revokedAt)`,
  );
}

function handle(entries: readonly KeyEntry[], ring: Partial<Omit<Keyring, "entries">>): Keyring {
  const ids = entries.flatMap((entry) => entry.id ?? []);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new KeyringError(`Key id ${shown(repeated)} is there twice`);
  const secrets = entries.flatMap((entry) => (entry.secret ? [entry.secret.join()] : []));
  if (new Set(secrets).size !== secrets.length) throw new KeyringError("The same secret is in the key ring twice");
  if (!entries.some(isSound)) {
    throw new KeyringError("No key of the ring may seal: all are revoked or destroyed. Add a new one");
  }
  const { policy, ringId, revision } = ring;
  const keyring = Object.defineProperty({ policy, ringId, revision }, "entries", { value: entries, enumerable: false });
  return Object.freeze(keyring) as Keyring;
}
