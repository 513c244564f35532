import { CommandFailure } from "../exit.js";
import { printable } from "../output/printable.js";
import { quoted } from "../output/quoted.js";

/** Where a revocation list is. */
export interface StoreAddress {
  readonly kind: "sqlite" | "redis" | "postgres";
  /** The file's path, or the URL for the client, without the part that selects the list. It may hold a password. */
  readonly target: string;
  /** Which list there: Redis' `prefix`, PostgreSQL's `schema`. */
  readonly list: string | undefined;
  /** The place in words that hold no secret. */
  readonly shown: string;
  /** What must stand in no message. */
  readonly secrets: readonly string[];
}

interface Scheme {
  readonly kind: "redis" | "postgres";
  /** The query's parameter that selects the list. */
  readonly selects: string;
  /** What else a query may say; it is passed on. */
  readonly passed: readonly string[];
}

const REDIS: Scheme = { kind: "redis", selects: "prefix", passed: [] };
const POSTGRES: Scheme = {
  kind: "postgres",
  selects: "schema",
  passed: ["sslmode", "sslrootcert", "sslcert", "sslkey", "application_name", "options", "host", "port", "user"],
};
const SCHEMES: Readonly<Record<string, Scheme>> = {
  "redis:": REDIS,
  "rediss:": REDIS,
  "postgres:": POSTGRES,
  "postgresql:": POSTGRES,
};

const FORMS = "sqlite:sessions.db, redis://host:6379, rediss://…, postgres://host/database or postgresql://…";

/**
 * Reads what `--store` or `SESSION_STORE` says. None of it is repeated in an error: it may hold a password.
 *
 * @throws CommandFailure when it names no store
 */
export function readAddress(text: string): StoreAddress {
  const [, scheme = "", rest = ""] = /^([a-z][a-z\d+.-]*:)([\s\S]*)$/i.exec(text.trim()) ?? [];
  if (scheme.toLowerCase() === "sqlite:") return sqliteAddress(rest);
  const known = SCHEMES[scheme.toLowerCase()];
  if (!known) throw new CommandFailure("usage", "The store's address is of no known kind", hintFor(text.trim()));
  return serverAddress(text.trim(), known);
}

function sqliteAddress(rest: string): StoreAddress {
  // sqlite:///var/lib/app/sessions.db, as other programs write it: a URL without a host.
  const path = rest.replace(/^\/\/+(?=\/)/, "");
  if (path === "" || path === ":memory:" || path.startsWith("//")) {
    throw new CommandFailure(
      "usage",
      "The store's address names no SQLite file",
      "Write the path after the colon: sqlite:sessions.db in this folder, or sqlite:/var/lib/app/sessions.db",
    );
  }
  return { kind: "sqlite", target: path, list: undefined, shown: printable(path), secrets: [] };
}

function serverAddress(text: string, { kind, selects, passed }: Scheme): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // "redis:host" parses, too, as a path.
  if (!url || (url.hostname === "" && !url.searchParams.has("host"))) {
    throw new CommandFailure(
      "usage",
      "The store's address is not a URL with a host",
      "Write it whole, for example redis://localhost:6379; special characters in a password as %40 and so on",
    );
  }
  const unknown = [...url.searchParams.keys()].find((name) => name !== selects && !passed.includes(name));
  if (unknown !== undefined) {
    throw new CommandFailure(
      "usage",
      `The store's address has a parameter that is not known`,
      `There is ?${selects}= to select the list${passed.length > 0 ? `, and the connection's ${passed.join(", ")}` : ""}`,
    );
  }
  const list = url.searchParams.get(selects) ?? undefined;
  if (list === "") throw new CommandFailure("usage", `The store's address has an empty ?${selects}=`);
  const shown = `${url.protocol}//${url.host}${url.pathname}${list === undefined ? "" : `?${selects}=${list}`}`;
  url.searchParams.delete(selects);
  return { kind, target: url.href, list, shown: printable(shown), secrets: secretsOf(text, url) };
}

/** A password in each form that a message might have it in. */
function secretsOf(text: string, { href, username, password }: URL): string[] {
  if (password === "") return [];
  return [text, href, `${username}:${password}`, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the address on the command line shows a password to every user of the machine. */
export function showsPassword({ secrets }: StoreAddress): boolean {
  return secrets.length > 0;
}

function hintFor(text: string): string {
  const looksLikeFile = /^[\w./~ -]+\.(?:db|sqlite3?)$/.test(text);
  return looksLikeFile ? `For a file write ${quoted(`sqlite:${text}`)}` : `Write ${FORMS}`;
}
