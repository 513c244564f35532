import { ConfigurationError } from "../../errors.js";
import { issuingFunctions } from "./sql/issuing.js";
import { listParts } from "./sql/list.js";
import { readingFunctions } from "./sql/reading.js";
import { signInFunctions } from "./sql/sign-ins.js";
import { tables } from "./sql/tables.js";
import { tellingFunctions } from "./sql/telling.js";
import { writingFunctions } from "./sql/writing.js";

export const DEFAULT_SCHEMA = "sealed_session";

/** So that of many processes that start together one creates the schema and the others wait. Any number will do. */
const ADVISORY_LOCK = 7_310_589_442_160_037;

/** @throws ConfigurationError unless it can be the name of a schema of its own */
export function quoteSchema(schema: string): string {
  if (typeof schema === "string" && /^(?!pg_|public$|information_schema$)[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    return `"${schema}"`;
  }
  throw new ConfigurationError(
    `schema: ${JSON.stringify(schema)} cannot be used; name a schema of its own, ` +
      'in small letters, digits and "_", that does not begin with a digit or "pg_"',
  );
}

/**
 * What creates the store's schema, or brings it to this release: one statement, to be run again at will. A store does
 * so by itself; this is for those whose application may not create anything. The role that creates the schema owns it;
 * the application's needs `USAGE` on the schema and `SELECT, INSERT, UPDATE, DELETE` on its tables.
 *
 * @param schema its name @default "sealed_session"
 * @returns SQL for PostgreSQL 13 or later
 * @throws ConfigurationError when `schema` cannot be the name of a schema
 * @example
 * import { postgresSchema } from "sealed-session/revocation/postgres";
 * console.log(postgresSchema());
 */
export function postgresSchema(schema: string = DEFAULT_SCHEMA): string {
  const s = quoteSchema(schema);
  return `DO $migration$
BEGIN
  PERFORM pg_advisory_xact_lock(${ADVISORY_LOCK});
  IF to_regnamespace('${s}') IS NULL THEN
    CREATE SCHEMA ${s};
  END IF;
${tables(s)}
${listParts(s)}
${readingFunctions(s)}
${writingFunctions(s)}
${issuingFunctions(s)}
${signInFunctions(s)}
${tellingFunctions(s)}
END
$migration$;
`;
}
