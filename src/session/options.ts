import { type Clock, DEFAULT_SKEW, systemClock } from "../clock.js";
import { type CookieForm, cookieForm, type CookieOptions } from "../cookies/attributes.js";
import { type Duration, formatDuration, parseDuration } from "../duration.js";
import { ConfigurationError } from "../errors.js";
import type { KeyringSource } from "../keyring/source.js";
import { memoryStore } from "../revocation/memory/index.js";
import type { RevocationStore } from "../revocation/store.js";
import type { Codec } from "../seal/codec.js";
import type { Adopt } from "./adopt.js";
import type { SessionEventHandlers } from "./events.js";
import { assertShape } from "./option-shape.js";
import type { Lifetimes } from "./lifetimes.js";
import type { Schema } from "./schema.js";

const DEFAULT_IDLE = 3_600_000;
const DEFAULT_ABSOLUTE = 86_400_000;

/** What `createSessionManager` takes. */
export interface SessionManagerOptions<S extends Schema | undefined = Schema | undefined> {
  /** The cookies' name, without prefix: `[A-Za-z0-9_-]{1,64}`. The keys are derived for it. */
  readonly name: string;
  /**
   * The key ring: a secret, a list of secrets (the first one seals), a ring in its text form, or a function that
   * gives one of them at the first use. It may be missing until then, so that a build runs without secrets.
   */
  readonly keyring: KeyringSource | undefined;
  /** Any Standard Schema (zod, valibot, arktype). It must accept `{}`, and its output must be valid input. */
  readonly schema?: S;
  /** The schema's version, a whole number; count it up when sealed data needs `migrate`. @default 0 */
  readonly schemaVersion?: number;
  /**
   * Turns data sealed under another version, or that the schema no longer accepts, into data it accepts.
   * @param fromVersion the version that it was sealed under
   */
  readonly migrate?: (old: unknown, fromVersion: number) => unknown;
  /** How long a session lives without being used. @default "1h" (NIST SP 800-63B-4, AAL2) */
  readonly idleTimeout?: Duration;
  /** How long it lives at the most. @default "24h" (NIST SP 800-63B-4, AAL2) */
  readonly absoluteTimeout?: Duration;
  /** How long after the last renewal the next one is due. @default a quarter of the idle timeout */
  readonly renewAfter?: Duration;
  /** The timeouts of a `login(…, { remember: true })`, and the longest that a login may ask for. @default the above */
  readonly remember?: { readonly idleTimeout?: Duration; readonly absoluteTimeout?: Duration };
  /** How its cookies are set. */
  readonly cookie?: CookieOptions;
  /** Where revocations are kept. @default memoryStore, which ends with the process */
  readonly revocation?: RevocationStore;
  /** How long the revocation store may take to answer. @default "2s" */
  readonly revocationTimeout?: Duration;
  /**
   * What happens to a request while the store does not answer: `refuse` throws a RevocationUnavailableError and leaves
   * the cookie alone; `accept` lets a revoked session in. @default "refuse"
   */
  readonly onRevocationOutage?: "refuse" | "accept";
  /** How many entries this process may add to the revocation list in a minute before the event `growing`. @default 1000 */
  readonly growthAlarm?: number;
  /**
   * Remembers in the revocation store who is signed in where: `sessions.directory` lists it. Each login writes a row,
   * and each renewal. @default false
   */
  readonly directory?: boolean | DirectoryOptions;
  /**
   * Takes over the sessions of another library: called when a request brings no session of this one. What it gives is
   * accepted as a session, and written as one at the next `save()`. It must verify what it reads; what it throws is an
   * event `rejected`.
   */
  readonly adopt?: Adopt;
  /** Handlers of events, by name. */
  readonly on?: SessionEventHandlers;
  /** Serializes data that JSON cannot carry. */
  readonly codec?: Codec;
  /** How far apart any two clocks may be. @default "5m" */
  readonly skew?: Duration;
  /** Whether to remember verified tokens, which spares the cryptography for a cookie that comes again. @default true */
  readonly cache?: boolean;
  /** For tests. @default the system's */
  readonly clock?: Clock;
}

/** What a directory's label is made of. */
export interface LabelRequest {
  readonly subject: string;
  /** A header of the request that signs in, where the cookie jar can tell. @param name in any case */
  readonly header: (name: string) => string | undefined;
}

/** What the option `directory` takes, where it is more than `true`. */
export interface DirectoryOptions {
  /**
   * What a sign-in is called in a list of devices, up to 200 characters; `login(…, { label })` comes before it.
   * @example label: ({ header }) => header("user-agent")
   */
  readonly label?: (request: LabelRequest) => string | undefined;
}

/** The options, checked and with their defaults. Times in ms. */
export interface Settings {
  readonly name: string;
  readonly cookie: CookieForm;
  readonly schema: Schema | undefined;
  readonly schemaVersion: number;
  readonly migrate: ((old: unknown, fromVersion: number) => unknown) | undefined;
  readonly lifetimes: Lifetimes & { readonly renewAfter: number };
  readonly remember: Lifetimes;
  readonly revocation: RevocationStore;
  readonly revocationTimeout: number;
  readonly acceptUnchecked: boolean;
  readonly growthAlarm: number;
  readonly directory: DirectoryOptions | undefined;
  readonly adopt: Adopt | undefined;
  readonly on: SessionEventHandlers;
  readonly codec: Codec | undefined;
  readonly skew: number;
  readonly cache: boolean;
  readonly clock: Clock;
}

/** @throws ConfigurationError for what can never work */
export function resolveOptions(options: SessionManagerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError('createSessionManager needs options, at least { name: "app", keyring }');
  }
  assertShape(options);
  const clock = options.clock ?? systemClock;
  const { idle, absolute } = timeouts(options);
  assertOrder("", idle, absolute);
  const remember: Lifetimes = {
    idle: parseDuration(options.remember?.idleTimeout ?? idle, "remember.idleTimeout"),
    absolute: parseDuration(options.remember?.absoluteTimeout ?? absolute, "remember.absoluteTimeout"),
  };
  assertOrder("remember.", remember.idle, remember.absolute);
  assertNotShorter("idleTimeout", remember.idle, idle);
  assertNotShorter("absoluteTimeout", remember.absolute, absolute);
  const renewAfter = parseDuration(options.renewAfter ?? Math.max(Math.round(idle / 4), 1), "renewAfter");
  if (renewAfter >= idle) {
    throw new ConfigurationError(
      `renewAfter: ${formatDuration(renewAfter)} is not below the idleTimeout of ${formatDuration(idle)}: no session could ever be renewed`,
    );
  }
  const { schema, schemaVersion = 0, migrate } = options;
  assertSchema(schema, schemaVersion);
  const outage = options.onRevocationOutage ?? "refuse";
  if (outage !== "refuse" && outage !== "accept") {
    throw new ConfigurationError(`onRevocationOutage: ${JSON.stringify(outage)} is not "refuse" or "accept"`);
  }
  return {
    name: options.name,
    cookie: cookieForm(options.name, options.cookie ?? {}, isDevelopment()),
    schema,
    schemaVersion,
    migrate,
    lifetimes: { idle, absolute, renewAfter },
    remember,
    revocation: options.revocation ?? memoryStore({ name: options.name, clock }),
    revocationTimeout: parseDuration(options.revocationTimeout ?? "2s", "revocationTimeout"),
    acceptUnchecked: outage === "accept",
    growthAlarm: wholeNumber("growthAlarm", options.growthAlarm ?? 1_000),
    directory: options.directory === true ? {} : options.directory || undefined,
    adopt: options.adopt,
    on: options.on ?? {},
    codec: options.codec,
    skew: parseDuration(options.skew ?? DEFAULT_SKEW, "skew"),
    cache: options.cache ?? true,
    clock,
  };
}

/** One that is left out gives way to the one that was given. */
function timeouts({ idleTimeout, absoluteTimeout }: SessionManagerOptions): Lifetimes {
  const given = {
    idle: idleTimeout === undefined ? undefined : parseDuration(idleTimeout, "idleTimeout"),
    absolute: absoluteTimeout === undefined ? undefined : parseDuration(absoluteTimeout, "absoluteTimeout"),
  };
  return {
    idle: given.idle ?? Math.min(DEFAULT_IDLE, given.absolute ?? DEFAULT_IDLE),
    absolute: given.absolute ?? Math.max(DEFAULT_ABSOLUTE, given.idle ?? DEFAULT_ABSOLUTE),
  };
}

function assertOrder(prefix: string, idle: number, absolute: number): void {
  if (absolute >= idle && idle >= 1_000) return;
  if (idle < 1_000)
    throw new ConfigurationError(
      `${prefix}idleTimeout: ${formatDuration(idle)} is below one second; a bare number means milliseconds, seconds are written "60s"`,
    );
  throw new ConfigurationError(
    `${prefix}absoluteTimeout: ${formatDuration(absolute)} is below the ${prefix}idleTimeout of ${formatDuration(idle)}, which could then never be reached; ` +
      `raise ${prefix}absoluteTimeout or lower ${prefix}idleTimeout`,
  );
}

/** The longest that a login may ask for: below the ordinary timeout, every ordinary login would be refused. */
function assertNotShorter(name: string, remembered: number, ordinary: number): void {
  if (remembered >= ordinary) return;
  throw new ConfigurationError(
    `remember.${name}: ${formatDuration(remembered)} is below the ${name} of ${formatDuration(ordinary)}; it is for sessions that last longer`,
  );
}

function assertSchema(schema: unknown, version: number): void {
  const standard = (schema as Partial<Schema> | undefined)?.["~standard"];
  if (schema !== undefined && (standard?.version !== 1 || typeof standard.validate !== "function")) {
    throw new ConfigurationError("schema: not a Standard Schema; zod (3.24 or later), valibot and arktype make them");
  }
  wholeNumber("schemaVersion", version);
}

function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ConfigurationError(`${name}: ${String(value)} is not a whole number of 0 or more`);
}

/**
 * Read at run time: a bundler would put the build's NODE_ENV in place of `process.env.NODE_ENV`. Deno throws where the
 * program may not read its environment, and without knowing it is not development.
 */
function isDevelopment(): boolean {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return process?.env?.["NODE_ENV"] === "development";
  } catch {
    return false;
  }
}
