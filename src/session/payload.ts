import { isCanonicalBase64url } from "../base64url.js";
import type { Generations } from "../revocation/store.js";
import { parseStrict } from "../seal/json.js";
import { isKeyId } from "../seal/token.js";
import type { SealedTimes } from "./lifetimes.js";

/** What is sealed in a session's token besides its data. The names are those in the token. */
export interface Sealed extends SealedTimes {
  /** 128 random bits, base64url. */
  readonly sid: string;
  readonly sub?: string | undefined;
  /** Whether the login chose that the cookie outlives the browser's window (or not). */
  readonly per?: boolean | undefined;
  readonly gen: Generations;
  /** The keys that the data came through, besides the one that sealed this token. */
  readonly kids: readonly string[];
  /** The schema's version. */
  readonly sv: number;
}

const SID_CHARS = 22;
const GENERATION = /^(?:0|[1-9a-z][0-9a-z]{0,10})$/;
const MAX_LINEAGE = 64;
const DATA = ',"dat":';

/** A new session id: 128 bits of the system's randomness. */
export function newSid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, SID_CHARS);
}

/** The token's plaintext: compact JSON, what is default left out. @param data JSON text */
export function writePayload(sealed: Sealed, data: string): string {
  const { sid, sub, iat, max, ren, idl, per, gen, kids, sv } = sealed;
  const generations = sub === undefined ? gen.all.toString(36) : `${gen.all.toString(36)}.${gen.subject.toString(36)}`;
  const head = JSON.stringify({
    sid,
    sub,
    iat,
    max,
    ren: ren || undefined,
    idl,
    per: per === undefined ? undefined : Number(per),
    gen: generations,
    kids: kids.length > 0 ? kids : undefined,
    sv: sv || undefined,
  });
  return `${head.slice(0, -1)}${DATA}${data}}`;
}

/** Bytes that no plaintext of a session exceeds, whatever its generations: at most 6 for a character of JSON, 3 of UTF-8. */
export function mostBytes({ sub = "", kids }: Pick<Sealed, "sub" | "kids">, data: string): number {
  const [fixed, kid] = [256, 36];
  return fixed + 6 * sub.length + kid * kids.length + 3 * data.length;
}

/** A session's token, read. */
export interface Payload {
  readonly sealed: Sealed;
  /** The data. */
  readonly parsed: unknown;
  /** Their JSON as it stands in the token, where they come last, as `writePayload` writes them. */
  readonly json: string | undefined;
}

/** Reads a plaintext; `undefined` for anything that cannot be a session's. */
export function readPayload(plaintext: string): Payload | undefined {
  const { head, data, json } = splitData(plaintext);
  // Only an object has data: they are one of its members.
  if (data === undefined) return undefined;
  const { sid, sub, iat, max, ren = 0, idl, per, gen, kids = [], sv = 0 } = head as Record<string, unknown>;
  if (typeof sid !== "string" || !isSid(sid)) return undefined;
  if (!(sub === undefined || isSubject(sub)) || !(per === undefined || per === 0 || per === 1)) return undefined;
  if (!isCount(iat) || !isCount(max) || !isCount(ren) || !isCount(sv) || !(idl === undefined || isCount(idl)))
    return undefined;
  const generations = readGenerations(gen, sub !== undefined);
  if (!generations || !isLineage(kids)) return undefined;
  const sealed: Sealed = {
    sid,
    sub,
    iat,
    max,
    ren,
    idl,
    per: per === undefined ? undefined : per === 1,
    gen: generations,
    kids,
    sv,
  };
  return { sealed, parsed: data, json };
}

interface Parts {
  readonly head: unknown;
  readonly data: unknown;
  readonly json: string | undefined;
}

/** Parses the data by themselves, so that their text is known, and can be parsed again without the rest. */
function splitData(plaintext: string): Parts {
  // Not within a text: there its quotes would be escaped.
  const at = plaintext.indexOf(DATA);
  if (at !== -1 && plaintext.endsWith("}")) {
    const json = plaintext.slice(at + DATA.length, -1);
    const data = parseStrict(json);
    const head = data && parseStrict(`${plaintext.slice(0, at)}}`);
    if (head) return { head: head.value, data: data.value, json };
  }
  // Another program's may be in another order.
  const whole = parseStrict(plaintext)?.value as { readonly dat?: unknown } | null | undefined;
  return { head: whole, data: whole?.dat, json: undefined };
}

/** Whether a value can be a subject: text of 1 to 256 characters. */
export function isSubject(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 256;
}

/** Whether text has the form of a session id. */
export function isSid(text: string): boolean {
  return text.length === SID_CHARS && isCanonicalBase64url(text);
}

/** A session id for logs: enough to tell sessions apart, too little to be one. */
export function maskSid(sid: string): string {
  return `${sid.slice(0, 6)}…`;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isLineage(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length <= MAX_LINEAGE && value.every((id) => typeof id === "string" && isKeyId(id))
  );
}

function readGenerations(text: unknown, withSubject: boolean): Generations | undefined {
  const parts = typeof text === "string" ? text.split(".") : [];
  if (parts.length !== (withSubject ? 2 : 1) || !parts.every((part) => GENERATION.test(part))) return undefined;
  const [all, subject] = [Number.parseInt(parts[0] as string, 36), Number.parseInt(parts[1] ?? "0", 36)];
  return isCount(all) && isCount(subject) ? { all, subject } : undefined;
}
