import nodePath from "node:path";
import { type Duration, parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import { sharedState } from "../../shared-state.js";
import type { Keyring } from "../ring.js";
import type { LiveKeyring } from "../source.js";
import { type FollowedFile, followFile } from "./follow.js";
import { type Allowance, ALLOWANCES } from "./allowance.js";

export type { Allowance } from "./allowance.js";
export { KeyringProblem, type ProblemKind } from "../problem.js";

/** What `keyringFile` takes. */
export interface KeyringFileOptions {
  /** What the file is not to be refused for: `symlink`, `permissions`, `git`. A Kubernetes mount needs `symlink`. */
  readonly allow?: readonly Allowance[];
  /**
   * How often to look for changes that the file system did not notify, in ms or as text. Of several for one file the
   * shortest counts.
   * @default "10s"
   */
  readonly interval?: Duration;
  /** Told when a changed ring is in use. */
  readonly onChange?: (ring: Pick<Keyring, "ringId" | "revision">) => void;
  /**
   * Told when the file changed to something that is not used: broken, older, or not safe. The ring before stays in use.
   * @default a process warning
   */
  readonly onError?: (error: Error) => void;
}

/** A ring file as the `keyring` of a session manager or a sealer. */
export interface KeyringFile extends LiveKeyring {
  /** Looks at the file now rather than at its next change. What is wrong with it goes to `onError`. */
  reload(): Promise<void>;
}

/**
 * The key ring in a file, which `sealed-session keys` makes and changes. It is read at the first use and again whenever
 * it changes: written, replaced, or a Kubernetes mount that was updated. All who name the same file in one process
 * share one watch.
 *
 * @param path of the file
 * @returns what managers and sealers take as `keyring`. Its `load()` throws a KeyringProblem when the file is not there,
 *   not a ring, or not safe: a symbolic link, one that others can read, one that git would commit
 * @throws ConfigurationError for options that can never work
 * @example
 * const sessions = createSessionManager({ name: "app", keyring: keyringFile("/etc/app/keyring.json") });
 */
export function keyringFile(path: string, options: KeyringFileOptions = {}): KeyringFile {
  if (typeof path !== "string" || path === "")
    throw new ConfigurationError("keyringFile: takes the path of a ring file");
  assertKnown("keyringFile", options, ["allow", "interval", "onChange", "onError"]);
  const { allow = [], interval = "10s", onChange, onError = sharedWarning() } = options;
  assertAllowances(allow);
  const ms = parseDuration(interval, "interval");
  const absolute = nodePath.resolve(path);
  const file = (): FollowedFile => {
    const files = sharedState("keyring-files/1", () => new Map<string, FollowedFile>());
    const name = JSON.stringify([absolute, [...allow].sort()]);
    const followed = files.get(name) ?? followFile(absolute, allow);
    files.set(name, followed);
    followed.lookEvery(ms);
    followed.errorListeners.add(onError);
    if (onChange) followed.changeListeners.add(onChange);
    return followed;
  };
  return {
    load: async () => file().load(),
    onChange(listener) {
      const { users } = file();
      users.add(listener);
      return () => void users.delete(listener);
    },
    reload: () => file().reload(),
  };
}

function assertAllowances(allow: readonly unknown[]): void {
  if (Array.isArray(allow) && allow.every((what) => ALLOWANCES.includes(what as Allowance))) return;
  throw new ConfigurationError(`allow: takes a list of ${ALLOWANCES.join(", ")}`);
}

/** One for all copies of this package, so that each problem is warned of once. */
function sharedWarning(): (error: Error) => void {
  return sharedState("keyring-file-warning/1", () => ({ message }: Error) => {
    process.emitWarning(message, { type: "KeyringWarning", code: "SEALED_SESSION_KEYRING" });
  });
}
