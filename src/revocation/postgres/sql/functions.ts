/** The version in the functions' names. It changes with their text: an older release goes on calling its own. */
const VERSION = 1;

/**
 * A function's name in the schema.
 *
 * @param s the schema, quoted
 */
export const fn = (s: string, name: string): string => `${s}.v${VERSION}_${name}`;

/** A function that others are made of. In PL/pgSQL each statement sees what is committed by then, also after a wait. */
export const part = (s: string, signature: string, returns: string, body: string): string =>
  define(s, signature, returns, "LANGUAGE plpgsql", body);

/** One expression, which PostgreSQL puts in the place of the call. */
export const expression = (s: string, signature: string, returns: string, text: string): string =>
  define(s, signature, returns, "LANGUAGE sql STABLE", `SELECT ${text}`);

/**
 * A function that a store calls: one round trip. It answers with JSON as text, which every client gives back as it is,
 * whatever it was told to make of numbers and arrays. Names without a schema are PostgreSQL's own, whoever else put
 * functions where the application looks for them.
 */
export const operation = (s: string, signature: string, body: string): string =>
  define(s, signature, "text", OF_A_STORE, body);

/**
 * An operation that reads a range of an index. A plan that was made while the tables were small would read them whole,
 * and is kept by the connection until they are next analyzed, by when they may be large. Where there is no index, as for
 * the one row of `list`, a plan so restricted counts as very dear, and is not to be compiled for that.
 */
export const rangeOperation = (s: string, signature: string, body: string): string =>
  define(
    s,
    signature,
    "text",
    `${OF_A_STORE}
  SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan`,
    body,
  );

const OF_A_STORE = "LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp";

function define(s: string, signature: string, returns: string, how: string, body: string): string {
  return `
  CREATE OR REPLACE FUNCTION ${fn(s, signature)} RETURNS ${returns} ${how} AS $function$
    ${body.trim()}
  $function$;
`;
}
