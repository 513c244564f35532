import { ConfigurationError } from "../../errors.js";
import { CommandFailure, type EXIT } from "../exit.js";
import type { StoreAddress } from "./address.js";

interface Answer {
  /** What the error is known by: its code, or the first word of what Redis answers. */
  readonly signal: RegExp;
  readonly code: keyof typeof EXIT;
  readonly words: string;
  readonly hint: string;
}

const ANSWERS: readonly Answer[] = [
  {
    signal: /^(?:ENOTFOUND|EAI_AGAIN)$/,
    code: "unavailable",
    words: "its host is not known",
    hint: "Check the host's name, and whether this machine can look it up",
  },
  {
    signal:
      /^(?:E(?:CONN\w+|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE)|CONNECT\w*|53300|57P0\d|08\w{3}|\w*(?:Timeout|Closed)\w*Error)$/,
    code: "unavailable",
    words: "it cannot be reached",
    hint: "Check that it is up, and takes connections from this machine",
  },
  {
    signal: /^(?:LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|TRYAGAIN|BUSY|SQLITE_BUSY\w*|SQLITE_LOCKED\w*)$/,
    code: "unavailable",
    words: "it is busy, or not ready yet",
    hint: "Try again in a moment",
  },
  {
    signal: /^(?:WRONGPASS|NOAUTH|28\w{3}|SASL\w*)$/,
    code: "refused",
    words: "it refuses the user or the password",
    hint: "Check both in SESSION_STORE; special characters in a password are written as %40 and so on",
  },
  {
    signal: /^(?:NOPERM|42501|25006|READONLY|SQLITE_READONLY\w*|EACCES|EPERM|EROFS)$/,
    code: "refused",
    words: "it lacks the rights to do this",
    hint: "The user must be able to read and to write the list; a read-only replica cannot be told anything",
  },
  {
    signal: /^(?:OOM|MISCONF|53100|SQLITE_FULL|ENOSPC|EDQUOT)$/,
    code: "refused",
    words: "it has no room, or cannot save",
    hint: "Make room where the store keeps its data; nothing is removed to make any",
  },
  {
    signal: /^3D000$/,
    code: "notFound",
    words: "it has no such database",
    hint: "Check the database's name in the address",
  },
  {
    signal: /^(?:SQLITE_NOTADB|SQLITE_CORRUPT\w*)$/,
    code: "invalid",
    words: "it is not an SQLite database, or a damaged one",
    hint: "Check the path",
  },
  {
    signal: /^SQLITE_(?:CANTOPEN|IOERR|PERM|AUTH)/,
    code: "refused",
    words: "the file cannot be used",
    hint: "Check its owner and its permissions, and those of its folder",
  },
  {
    signal: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(?:TLS|SSL)|^EPROTO$/,
    code: "refused",
    words: "no trusted encrypted connection can be made",
    hint: "Check its certificate; NODE_EXTRA_CA_CERTS names a file with an authority of your own",
  },
];

/** What node:sqlite tells as a number. */
const SQLITE_NUMBERS: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB",
};

/**
 * An error of a driver's as one that can be shown. Its own words are not: Redis repeats a command's arguments, and
 * with them session ids, and a client may repeat the URL with its password.
 */
export function storeFailure(error: unknown, address: StoreAddress): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const ours = error instanceof ConfigurationError;
  const signal = signalOf(ours ? error.cause : error);
  const known = ANSWERS.find((answer) => answer.signal.test(signal));
  if (ours && !known) return new CommandFailure("refused", withoutSecrets(error.message, address));
  const { code, words, hint } = known ?? {
    code: "refused",
    words: "it failed",
    hint: "Look into the store's own log",
  };
  return new CommandFailure(code, `The store ${address.shown}: ${words} (${signal})`, hint);
}

/** A message of ours could hold what it was given. */
function withoutSecrets(message: string, { secrets }: StoreAddress): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, "…"), message);
}

/** The first in a chain of causes that tells anything. */
function signalOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return "unknown";
  const { code, errcode, cause, message } = error as Error & { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return SQLITE_NUMBERS[errcode & 0xff] ?? `SQLITE_${errcode}`;
  if (typeof code === "string" && /^\w{2,60}$/.test(code)) return code;
  // Clients whose errors for a lost connection have no code.
  if (/^connection (?:terminated|is closed)/i.test(message)) return "ECONNRESET";
  const [word] = /^[A-Z]{2,20}\b/.exec(message) ?? [];
  if (word !== undefined) return word;
  return cause === undefined ? error.constructor.name : signalOf(cause, depth + 1);
}
