import { expression, fn, part } from "./functions.js";

/**
 * The clock, the list, its lock and its counter.
 *
 * @param s the schema, quoted
 */
export const listParts = (s: string): string =>
  [
    part(s, "now()", "bigint", `BEGIN RETURN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint; END`),

    // An index takes 2,700 bytes. Ids have a backslash only in the escape \u: what follows here is none of them.
    expression(
      s,
      "key(p_id text)",
      "text",
      `CASE WHEN length(p_id) <= 1000 THEN p_id
        ELSE chr(92) || encode(sha256(convert_to(p_id, 'UTF8')), 'hex') END`,
    ),

    // Which list this is, on which run of which server. A server that took over may have lost the last writes of the
    // one before, and would give their numbers out again.
    expression(
      s,
      "home(p_list text)",
      "text",
      `p_list || ':' || (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint`,
    ),

    part(
      s,
      "durably()",
      "void",
      `BEGIN
        IF current_setting('synchronous_commit') IN ('off', 'local') THEN
          PERFORM set_config('synchronous_commit', 'on', true);
        END IF;
      END`,
    ),

    // A standby would answer with a list that may be behind.
    part(
      s,
      "refuse_standby()",
      "void",
      `BEGIN
        IF pg_is_in_recovery() THEN
          RAISE read_only_sql_transaction USING MESSAGE =
            'sealed-session: this server is a standby, and its list may be behind; connect to the primary';
        END IF;
      END`,
    ),

    // Begins a list, unless somebody else just did. What is left of the one before stays: nothing is un-revoked.
    part(
      s,
      "begin()",
      "void",
      `DECLARE
        v_id text;
      BEGIN
        PERFORM ${fn(s, "durably()")};
        INSERT INTO ${s}.list (id, generation, retention, seq) VALUES ('', 0, 0, 0) ON CONFLICT DO NOTHING;
        SELECT id INTO v_id FROM ${s}.list FOR UPDATE;
        PERFORM 1 FROM ${s}.entries WHERE kind = 'list' AND id = v_id;
        IF FOUND THEN RETURN; END IF;
        DELETE FROM ${s}.entries WHERE kind = 'list';
        UPDATE ${s}.list SET
          id = gen_random_uuid()::text,
          generation = greatest(generation + 1, ${fn(s, "now()")}),
          seq = greatest(seq, (SELECT coalesce(max(seq), 0) FROM ${s}.entries)) + 1
        RETURNING id INTO v_id;
        INSERT INTO ${s}.entries (kind, id, since) VALUES ('list', v_id, ${fn(s, "now()")});
        PERFORM ${fn(s, "wake()")};
      END`,
    ),

    // For who only reads, or writes what needs no number.
    part(
      s,
      "find()",
      "text",
      `DECLARE
        v_home text;
      BEGIN
        PERFORM ${fn(s, "refuse_standby()")};
        LOOP
          SELECT ${fn(s, "home(l.id)")} INTO v_home
          FROM ${s}.list l JOIN ${s}.entries m ON m.kind = 'list' AND m.id = l.id;
          EXIT WHEN FOUND;
          PERFORM ${fn(s, "begin()")};
        END LOOP;
        RETURN v_home;
      END`,
    ),

    // The lock is held until the transaction ends: who writes next sees all that was written before, and has the next
    // number. It is always the first that is taken, so no two wait for each other.
    part(
      s,
      "lock()",
      "text",
      `BEGIN
        PERFORM ${fn(s, "durably()")};
        PERFORM 1 FROM ${s}.list FOR UPDATE;
        RETURN ${fn(s, "find()")};
      END`,
    ),

    // The number of a change, for who holds the lock.
    part(
      s,
      "next()",
      "bigint",
      `DECLARE
        v_seq bigint;
      BEGIN
        UPDATE ${s}.list SET seq = seq + 1 RETURNING seq INTO v_seq;
        RETURN v_seq;
      END`,
    ),

    part(s, "wake()", "void", `BEGIN PERFORM pg_notify('${s.slice(1, -1)}', ''); END`),

    // Rows that somebody else is writing are left for the next time.
    part(
      s,
      "remove_expired(p_limit bigint, p_skew bigint)",
      "bigint",
      `DECLARE
        v_now bigint := ${fn(s, "now()")};
        v_list record;
        v_first bigint;
        v_second bigint;
      BEGIN
        SELECT generation, retention INTO v_list FROM ${s}.list;
        DELETE FROM ${s}.entries WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${s}.entries WHERE until < v_now - p_skew
          ORDER BY until LIMIT p_limit FOR UPDATE SKIP LOCKED));
        GET DIAGNOSTICS v_first = ROW_COUNT;
        DELETE FROM ${s}.entries WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${s}.entries
          WHERE until IS NULL AND kind IN ('session', 'subject') AND since < v_now - p_skew - v_list.retention
          ORDER BY since LIMIT p_limit - v_first FOR UPDATE SKIP LOCKED));
        GET DIAGNOSTICS v_second = ROW_COUNT;
        DELETE FROM ${s}.sign_ins WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${s}.sign_ins WHERE until < v_now
          ORDER BY until LIMIT p_limit FOR UPDATE SKIP LOCKED));
        DELETE FROM ${s}.sign_ins WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${s}.sign_ins WHERE generation_all < v_list.generation
          ORDER BY generation_all LIMIT p_limit FOR UPDATE SKIP LOCKED));
        RETURN v_first + v_second;
      END`,
    ),

    // The end of every write.
    part(
      s,
      "written(p_skew bigint)",
      "void",
      `BEGIN
        PERFORM ${fn(s, "wake()")};
        PERFORM ${fn(s, "remove_expired(20, p_skew)")};
      END`,
    ),
  ].join("");
