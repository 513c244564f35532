import { systemClock } from "../clock.js";
import { ConfigurationError, DataNotJsonError } from "../errors.js";
import { parseStrict, stringifyStrict } from "../seal/json.js";
import { openWithPassword, type PasswordOpened, sealWithPassword } from "../seal/password-token.js";
import {
  DEFAULT_TTL,
  type Password,
  type PasswordKeys,
  passwordKeys,
  type SessionOptions,
  type UnsealErrorReason,
} from "./options.js";

/** iron-session's mark of its format's version. It stands outside the MAC, so nothing may depend on it. */
const MARK = "~2";
/** A seal opens for so much longer than it says, in ms: iron's allowance for clocks. */
const SKEW = 60_000;

/**
 * Seals data with a password, in iron-session's format. For new code `createSealer` is better: what it seals for one
 * purpose does not open for another, whereas a cookie and any other seal of one password can take each other's place.
 *
 * @param data what JSON can carry
 * @param options the password, and for how long the seal opens
 * @param options.ttl in seconds, 14 days unless it is given; 0: for ever
 * @throws ConfigurationError for data that JSON would change, and for a password map without a usable entry
 * @example
 * const token = await sealData({ user: 42 }, { password, ttl: 900 });
 */
export async function sealData(
  data: unknown,
  { password, ttl = DEFAULT_TTL }: { readonly password: Password; readonly ttl?: number | undefined },
): Promise<string> {
  return sealWith(passwordKeys(password, { checked: false }), data, ttl);
}

/**
 * Opens what `sealData` or iron-session sealed.
 *
 * @param seal its text
 * @param options the password or passwords
 * @param options.ttl has no effect, as in iron-session: the seal's own counts
 * @param options.onUnsealError told why it did not open. The MAC is checked first, so `expired` is never made up
 * @returns the data; an empty object where the seal does not open
 */
export async function unsealData<T>(
  seal: string,
  {
    password,
    onUnsealError,
  }: {
    readonly password: Password;
    readonly ttl?: number | undefined;
    readonly onUnsealError?: SessionOptions["onUnsealError"];
  },
): Promise<T> {
  const { all } = passwordKeys(password, { checked: false });
  const opened = await openSeal(seal, all, systemClock());
  if (!("reason" in opened)) return opened.data as T;
  onUnsealError?.(opened.reason, opened.error);
  return {} as T;
}

export async function sealWith({ sealing }: PasswordKeys, data: unknown, ttl: number): Promise<string> {
  const expiry = ttl ? systemClock() + ttl * 1_000 : undefined;
  return (await sealWithPassword(textOf(data), sealing.id, sealing.password, expiry)) + MARK;
}

/** What a seal held. */
export interface OpenedSeal extends PasswordOpened {
  readonly data: unknown;
}

export interface UnsealFailure {
  readonly reason: UnsealErrorReason;
  readonly error: Error;
}

/** Never throws for what a seal says. */
async function openSeal(
  seal: string,
  passwords: PasswordKeys["all"],
  now: number,
): Promise<OpenedSeal | UnsealFailure> {
  if (typeof seal !== "string") return invalid("Not a seal");
  const mark = seal.indexOf("~");
  const opened = await openWithPassword(mark === -1 ? seal : seal.slice(0, mark), passwords);
  if (opened === "malformed") return invalid("Not a seal");
  if (opened === "tampered") return invalid("Bad hmac value");
  if (opened === "unknown_key") return { reason: "unknown-password", error: new Error("Cannot find password") };
  if (opened.expiry !== undefined && opened.expiry <= now - SKEW) {
    return { reason: "expired", error: new Error("Expired seal") };
  }
  const parsed = parseStrict(opened.plaintext);
  if (!parsed) return invalid("Failed parsing sealed object JSON");
  return { ...opened, data: parsed.value ?? {} };
}

/** Of several seals the one that was sealed last, of those that open; and why the first of the others does not. */
export async function openSeals(
  seals: readonly string[],
  passwords: PasswordKeys["all"],
  now: number,
): Promise<{ readonly best: OpenedSeal | undefined; readonly failure: UnsealFailure | undefined }> {
  let best: OpenedSeal | undefined;
  let failure: UnsealFailure | undefined;
  for (const seal of seals) {
    const found = await openSeal(seal, passwords, now);
    if ("reason" in found) failure ??= found;
    else if (!best || lasts(found) > lasts(best)) best = found;
  }
  return { best, failure };
}

function lasts({ expiry = Number.POSITIVE_INFINITY }: OpenedSeal): number {
  return expiry;
}

function invalid(message: string): UnsealFailure {
  return { reason: "invalid", error: new Error(message) };
}

/** A session, or an instance of a class, is sealed as its own properties; what lies within has to be plain. */
function textOf(data: unknown): string {
  const isRecord = typeof data === "object" && data !== null && !Array.isArray(data) && !isBuiltIn(data);
  try {
    return stringifyStrict(isRecord ? { ...data } : data, "session");
  } catch (error) {
    if (!(error instanceof DataNotJsonError)) throw error;
    // Its advice behind the comma is for sessions of our own.
    const [problem = error.message] = error.message.split(/[,;]/, 1);
    throw new ConfigurationError(
      `iron-session: The session data is not JSON serializable (${problem}). Store plain JSON values only: a Date must be stored as a timestamp (Date.now()) or an ISO string, and Map/Set/BigInt/functions are not supported.`,
      { cause: error },
    );
  }
}

function isBuiltIn(data: object): boolean {
  return [Date, Map, Set, WeakMap, Promise, RegExp].some((type) => data instanceof type);
}
