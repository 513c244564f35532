import { type Duration, formatDuration } from "../duration.js";
import { KeyringError } from "../errors.js";
import { createKeyring, type Keyring, type KeyringOptions, type KeyringPolicy } from "./ring.js";
import { SECRET_PREFIX } from "./secret.js";

/*
 * ring   = "sealed_ring_1" *( "," field )
 * field  = name *( ":" attribute "=" value )        name: "ring" or "policy", once each, or "key"
 *
 * Times are decimal milliseconds, durations as in the options, `reason` is percent-encoded. Nothing in it needs
 * quoting in a shell or in an environment file.
 */
const RING_PREFIX = "sealed_ring_1";
const POLICY = {
  propagation: "propagation",
  absolute: "absoluteTimeout",
  skew: "skew",
  rotate: "rotateEvery",
} as const;
const TIMES = { created: "createdAt", activate: "activateAt", retire: "retireAt", revoked: "revokedAt" } as const;

const DURATION = /^[\d.]{1,15}(?:ms|[smhdw])$/;

type PolicyInput = { -readonly [Rule in keyof KeyringPolicy]?: Duration };
type RingInput = { -readonly [Part in "ringId" | "revision"]?: NonNullable<KeyringOptions[Part]> };
type KeyInput = KeyringOptions["keys"][number];

/**
 * Reads a key ring from one line of text: a ring in its text form (`sealed_ring_1,…`), a ring secret
 * (`sealed_key_…`), or a plain secret.
 *
 * @throws KeyringError when the text is none of them or breaks a rule of `createKeyring`
 * @example
 * const keyring = parseKeyring(process.env.SESSION_KEYRING);
 */
export function parseKeyring(text: string | undefined): Keyring {
  const line = typeof text === "string" ? text.trim() : "";
  return createKeyring(isRingText(line) ? readRingText(line) : line);
}

/** Whether it is (or means to be) a ring rather than a secret. */
export function isRingText(line: string): boolean {
  return line.startsWith("sealed_") && !line.startsWith(SECRET_PREFIX);
}

/**
 * What a ring's text form says; the rules of `createKeyring` are not checked yet.
 *
 * @throws KeyringError when it is not in the format
 */
export function readRingText(line: string): KeyringOptions {
  const [head, ...fields] = line.split(",");
  if (head !== RING_PREFIX) {
    // No more than the prefix: what follows may be a secret.
    const prefix = /^sealed_[a-z]{0,6}(?:_\d{1,3})?/.exec(line)?.[0];
    throw new KeyringError(
      `The key ring starts with "${prefix}", which this version does not know; it reads ${RING_PREFIX} and ${SECRET_PREFIX}…`,
    );
  }
  const keys: KeyInput[] = [];
  let policy: PolicyInput | undefined;
  let ring: RingInput | undefined;
  fields.forEach((field, index) => {
    const [name, ...attributes] = field.split(":");
    const where = `Field ${index + 1} of the key ring`;
    if (name === "key") keys.push(readKey(attributes, where));
    else if (name === "policy" && policy === undefined) policy = readPolicy(attributes, where);
    else if (name === "ring" && ring === undefined) ring = readRing(attributes, where);
    else throw new KeyringError(`${where} is neither a key nor the first ring or policy`);
  });
  if (keys.length === 0) throw new KeyringError(`The key ring has no key: ${RING_PREFIX},key:id=…:secret=…:activate=…`);
  return { keys, ...ring, ...(policy && { policy }) };
}

/**
 * The ring in one line of text, for an environment variable. `parseKeyring` reads it back, with everything in it.
 * It holds the secrets.
 */
export function formatRingText({ ringId, revision, policy, keys }: KeyringOptions): string {
  const fields = [RING_PREFIX];
  const add = (name: string, attributes: Record<string, string | number | undefined>): void => {
    const written = Object.entries(attributes).filter(([, value]) => value !== undefined);
    if (written.length > 0) fields.push([name, ...written.map((attribute) => attribute.join("="))].join(":"));
  };
  add("ring", { id: ringId, revision });
  const rules = Object.entries(POLICY).map(([name, rule]) => [name, policy?.[rule]] as const);
  add(
    "policy",
    Object.fromEntries(rules.map(([name, value]) => [name, typeof value === "number" ? formatDuration(value) : value])),
  );
  for (const key of keys) {
    const times = Object.entries(TIMES).map(([name, time]) => [name, key[time]] as const);
    const reason = key.reason === undefined ? undefined : encodeReason(key.reason);
    add("key", { id: key.id, secret: key.secret, ...Object.fromEntries(times), reason });
  }
  return fields.join(",");
}

/** Percent-encoded, and what a shell would take for more than text, too. */
function encodeReason(reason: string): string {
  const escape = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(new TextDecoder().decode(new TextEncoder().encode(reason))).replace(/[!'()*~]/g, escape);
}

function readRing(attributes: readonly string[], where: string): RingInput {
  const ring: RingInput = {};
  for (const [name, value] of readAttributes(attributes, where)) {
    if (name === "id") ring.ringId = value;
    else if (name === "revision" && /^[1-9]\d{0,14}$/.test(value)) ring.revision = Number(value);
    else throw new KeyringError(`${where}: unknown attribute "${name}", or not a valid one`);
  }
  return ring;
}

function readPolicy(attributes: readonly string[], where: string): PolicyInput {
  const policy: PolicyInput = {};
  for (const [name, value] of readAttributes(attributes, where)) {
    if (!Object.hasOwn(POLICY, name)) throw new KeyringError(`${where}: unknown attribute "${name}"`);
    if (!DURATION.test(value)) throw new KeyringError(`${where}: ${name} must be a duration such as 12h or 30d`);
    policy[POLICY[name as keyof typeof POLICY]] = value as Duration;
  }
  return policy;
}

function readKey(attributes: readonly string[], where: string): KeyInput {
  const key: Record<string, string | number> = {};
  for (const [name, value] of readAttributes(attributes, where)) {
    if (name === "id" || name === "secret") key[name] = value;
    else if (name === "reason") key[name] = decodeReason(value, where);
    else if (Object.hasOwn(TIMES, name)) key[TIMES[name as keyof typeof TIMES]] = readTime(value, where, name);
    else throw new KeyringError(`${where}: unknown attribute "${name}"`);
  }
  if (!("id" in key) || !("activateAt" in key)) throw new KeyringError(`${where} needs an id and an activate time`);
  return key as unknown as KeyInput;
}

function readAttributes(attributes: readonly string[], where: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const name = attribute.slice(0, Math.max(at, 0));
    // The attribute's text may be a misplaced secret: it is not repeated in the message.
    if (!/^[a-z]{1,12}$/.test(name)) throw new KeyringError(`${where} has something that is not name=value`);
    if (found.has(name)) throw new KeyringError(`${where} has "${name}" twice`);
    found.set(name, attribute.slice(at + 1));
  }
  return found;
}

function readTime(value: string, where: string, name: string): number {
  if (!/^\d{1,15}$/.test(value)) {
    throw new KeyringError(`${where}: ${name} must be milliseconds since the Unix epoch, digits only`);
  }
  return Number(value);
}

function decodeReason(value: string, where: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new KeyringError(`${where}: reason is not percent-encoded text`);
  }
}
