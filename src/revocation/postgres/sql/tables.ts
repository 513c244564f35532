/**
 * The tables, created where they are missing. They only ever gain columns, so that releases of this package can work
 * on them side by side.
 *
 * - `list` has one row: the list's id, the global generation, the retention, and the counter that every change takes
 *   its number from. A writing transaction holds the row until it commits, so the numbers are in commit order, which
 *   those of a sequence would not be.
 * - `entries` has one row that names the list, `kind = 'list'`. Without that row the entries are another list's, or
 *   gone (dropped, truncated, deleted), and whoever finds it so begins a new list.
 * - Text is ASCII (see ../text.ts), compared byte by byte: an index in the order of a language breaks with the
 *   system's next edition of that language.
 *
 * @param s the schema, quoted
 */
export const tables = (s: string): string => `
  IF to_regclass('${s}.list') IS NULL THEN
    CREATE TABLE ${s}.list (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      id text NOT NULL,
      generation bigint NOT NULL,
      retention bigint NOT NULL,
      seq bigint NOT NULL
    ) WITH (fillfactor = 10);
  END IF;

  IF to_regclass('${s}.entries') IS NULL THEN
    CREATE TABLE ${s}.entries (
      kind text COLLATE "C" NOT NULL CHECK (kind IN ('list', 'session', 'subject', 'key', 'once')),
      id text COLLATE "C" NOT NULL,
      whole_id text,
      revoked boolean,
      successors text[],
      generation bigint,
      until bigint,
      since bigint NOT NULL,
      seq bigint UNIQUE,
      PRIMARY KEY (kind, id)
    );
    CREATE INDEX entries_until ON ${s}.entries (until) WHERE until IS NOT NULL;
    CREATE INDEX entries_since ON ${s}.entries (since) WHERE until IS NULL AND kind IN ('session', 'subject');
  END IF;

  IF to_regclass('${s}.sign_ins') IS NULL THEN
    CREATE TABLE ${s}.sign_ins (
      sid text COLLATE "C" PRIMARY KEY,
      id text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      label text,
      created_at bigint NOT NULL,
      seen_at bigint NOT NULL,
      until bigint NOT NULL,
      generation_all bigint NOT NULL,
      generation_subject bigint NOT NULL
    );
    CREATE INDEX sign_ins_id ON ${s}.sign_ins (id);
    CREATE INDEX sign_ins_subject ON ${s}.sign_ins USING hash (subject);
    CREATE INDEX sign_ins_created_at ON ${s}.sign_ins (created_at, id);
    CREATE INDEX sign_ins_until ON ${s}.sign_ins (until);
    CREATE INDEX sign_ins_generation_all ON ${s}.sign_ins (generation_all);
  END IF;
`;
