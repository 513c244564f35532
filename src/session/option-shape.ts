import { ConfigurationError } from "../errors.js";
import { assertKnown } from "../known-options.js";
import type { SessionManagerOptions } from "./options.js";

const OPTIONS = (
  "name keyring schema schemaVersion migrate idleTimeout absoluteTimeout renewAfter remember cookie revocation " +
  "revocationTimeout onRevocationOutage growthAlarm directory adopt on codec skew cache clock"
).split(" ");
const EVENTS = "created updated renewed regenerated destroyed rejected revoked unchecked growing".split(" ");
const COOKIE = "secure domain path sameSite partitioned priority persistent".split(" ");
const STORE =
  "check issue regenerate revokeSession revokeSubject revokeAll revokeKeys useOnce announce list stats prune close".split(
    " ",
  );
const DIRECTORY = "touch list find count".split(" ");

/**
 * Whether the options are options at all: nothing mistyped, functions where functions belong. TypeScript says so
 * earlier; this is for JavaScript, and for what was cast.
 *
 * @throws ConfigurationError
 */
export function assertShape(options: SessionManagerOptions): void {
  assertKnown("createSessionManager", options, OPTIONS);
  const { remember = {}, cookie = {}, on = {}, revocation, codec, migrate, adopt } = options;
  assertKnown("remember", remember, ["idleTimeout", "absoluteTimeout"]);
  assertKnown("cookie", cookie, COOKIE);
  assertKnown("on", on, EVENTS);
  for (const [event, handler] of Object.entries(on))
    assertMethods(`on.${event}: not a function, such as (event) => log.warn(event)`, { handler }, ["handler"]);
  if (migrate !== undefined)
    assertMethods("migrate: not a function, such as (data, fromVersion) => data", { migrate }, ["migrate"]);
  if (adopt !== undefined) assertMethods("adopt: not a function of the request's cookies", { adopt }, ["adopt"]);
  if (codec !== undefined)
    assertMethods("codec: not an object with the functions stringify and parse", codec, ["stringify", "parse"]);
  if (revocation !== undefined) {
    assertMethods(
      "revocation: not a revocation store; sqliteStore(path), redisStore(client), postgresStore(pool) and memoryStore() make one",
      revocation,
      STORE,
    );
  }
  assertDirectory(options);
}

function assertDirectory({ directory = false, revocation }: SessionManagerOptions): void {
  if (directory === false) return;
  if (revocation !== undefined) {
    assertMethods(
      "directory: this revocation store keeps none; sqliteStore, redisStore, postgresStore and memoryStore do",
      revocation.directory ?? {},
      DIRECTORY,
    );
  }
  if (directory === true) return;
  if (typeof directory !== "object" || directory === null) {
    throw new ConfigurationError("directory: neither true nor { label: (request) => … }");
  }
  assertKnown("directory", directory, ["label"]);
  if (directory.label !== undefined)
    assertMethods('directory.label: not a function, such as ({ header }) => header("user-agent")', directory, [
      "label",
    ]);
}

function assertMethods(problem: string, value: object, methods: readonly string[]): void {
  const given = value as Record<string, unknown> | null;
  if (methods.some((method) => typeof given?.[method] !== "function")) throw new ConfigurationError(problem);
}
