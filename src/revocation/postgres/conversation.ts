import { ConfigurationError } from "../../errors.js";
import type { Recent, RecentChange } from "../recent.js";
import { createRetelling } from "../retelling.js";
import { sharing } from "../sharing.js";
import type { Database, Parameter } from "./client.js";
import { postgresSchema, quoteSchema } from "./schema.js";
import { fn } from "./sql/functions.js";
import { toTell } from "./told.js";

export interface ConversationOptions {
  readonly database: Database;
  readonly schema: string;
  readonly migrate: boolean;
  readonly recent: Recent;
}

/** What every answer tells. */
interface Answer {
  /** The list, and the run of the server that has it. */
  readonly home: string;
  /** The global generation, where the function says it. */
  readonly all?: number;
}

/** What this process says to the list, and hears. */
export interface Conversation {
  /**
   * Calls a function of the schema.
   *
   * @param repeat whether it is to be called again where the list had forgotten something the first time
   * @returns its answer; `forgot` when the list had forgotten something and was told again
   */
  readonly ask: <T>(
    name: string,
    parameters: readonly Parameter[],
    repeat: boolean,
  ) => Promise<T & Answer & { readonly forgot: boolean }>;
}

/** No such table, function, schema, column: never created, dropped, or of an older release. */
const MISSING = new Set(["42P01", "42883", "3F000", "42703"]);
/** Not serializable, deadlock: under an isolation level above READ COMMITTED what waited must begin again. */
const CONFLICT = new Set(["40001", "40P01"]);
const MOST_CONFLICTS = 100;
/** A server that is another one each time is several behind one address. */
const MOST_CHANGES_OF_HOME = 10;

export function openConversation({ database, schema, migrate, recent }: ConversationOptions): Conversation {
  const s = quoteSchema(schema);

  const migration = sharing(async () => void (await withoutConflicts(() => database.query(postgresSchema(schema)))));
  const createSchema = async (): Promise<void> => {
    if (!migrate) throw missing(schema);
    await migration().catch((error: unknown) => {
      throw codeOf(error) === "42501" ? mayNotCreate(schema) : error;
    });
  };

  const send = async <T extends Answer>(name: string, parameters: readonly Parameter[]): Promise<T> => {
    const places = parameters.map((_, index) => `$${index + 1}`).join(", ");
    const call = (): Promise<string> =>
      withoutConflicts(() => database.query(`SELECT ${fn(s, name)}(${places}) AS answer`, [...parameters]));
    try {
      const text = await call().catch(async (error: unknown) => {
        if (!MISSING.has(codeOf(error))) throw error;
        await createSchema();
        return call();
      });
      return JSON.parse(text) as T;
    } catch (error) {
      retelling.doubt();
      throw codeOf(error) === "42501" ? mayNotUse(schema) : error;
    }
  };

  // Where everything that this process remembers has been told: as yet there was nothing to tell.
  let home: string | undefined;
  let greatest = 0;
  const tellOnce = async (): Promise<boolean> => {
    const before = home;
    const { home: now, all = 0 } = await send<Answer>("check", ["", null, null]);
    // A new list begins with its server's clock, which may be behind the one that gave the last generation.
    const least = before !== undefined && listOf(before) !== listOf(now) ? greatest + 1 : greatest;
    const first: RecentChange[] = least > all ? [{ kind: "all", generation: least }] : [];
    // What the same run of a server has acknowledged, it knows. A retention or a key it may not have acknowledged.
    const changes = before === now ? [] : [...first, ...recent.changes()];
    for (const parameters of toTell(changes, recent)) {
      if ((await send<Answer>("tell", parameters)).home !== now) return false;
    }
    home = now;
    return true;
  };
  const tell = async (): Promise<void> => {
    for (let i = 0; i < MOST_CHANGES_OF_HOME; i++) if (await tellOnce()) return;
    throw severalHomes();
  };
  const retelling = createRetelling(tell);
  const settle = async (): Promise<void> => {
    for (let settling = retelling.settle(); settling; settling = retelling.settle()) await settling;
  };

  return {
    async ask<T>(name: string, parameters: readonly Parameter[], repeat: boolean) {
      let forgot = false;
      for (let i = 0; i < MOST_CHANGES_OF_HOME; i++) {
        await settle();
        const before = home;
        const answer = await send<T & Answer>(name, parameters);
        home ??= answer.home;
        const believed = before ?? home;
        if (answer.home === believed) {
          greatest = Math.max(greatest, answer.all ?? 0);
          return { ...answer, forgot };
        }
        forgot = true;
        // Others who asked meanwhile may have noticed it before.
        if (home === believed) retelling.doubt();
        if (repeat) continue;
        await settle();
        return { ...answer, forgot };
      }
      throw severalHomes();
    },
  };
}

async function withoutConflicts<T>(run: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await run();
    } catch (error) {
      if (!CONFLICT.has(codeOf(error)) || i >= MOST_CONFLICTS) throw error;
    }
  }
}

/** The id of the list, without the run of its server. */
export function listOf(home: string): string {
  return home.slice(0, home.indexOf(":"));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null | undefined)?.code);
}

function severalHomes(): Error {
  return new Error(
    "postgresStore: each answer came from another server or list; the client must reach one primary, not several servers behind one address",
  );
}

function missing(schema: string): ConfigurationError {
  return new ConfigurationError(
    `postgresStore: the schema "${schema}" is not there, or lacks what this release needs; ` +
      `run the SQL that postgresSchema(${JSON.stringify(schema)}) of sealed-session/revocation/postgres gives, or leave out migrate: false`,
  );
}

function mayNotCreate(schema: string): ConfigurationError {
  return new ConfigurationError(
    `postgresStore: the database's role may not create the schema "${schema}"; grant it CREATE on the database, ` +
      `or have its owner run the SQL that postgresSchema(${JSON.stringify(schema)}) of sealed-session/revocation/postgres gives, ` +
      "then grant the role USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on all its tables",
  );
}

function mayNotUse(schema: string): ConfigurationError {
  return new ConfigurationError(
    `postgresStore: the database's role may not use the schema "${schema}"; ` +
      "grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on all its tables",
  );
}
