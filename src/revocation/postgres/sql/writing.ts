import { fn, operation, part, rangeOperation } from "./functions.js";

const MAX_SUCCESSORS = 16;

/**
 * What is written into the list, as src/revocation/memory does it.
 *
 * @param s the schema, quoted
 */
export const writingFunctions = (s: string): string =>
  [
    part(
      s,
      "put(p_sid text, p_revoked boolean, p_until bigint, p_successors text[])",
      "void",
      `DECLARE
        v_key text := ${fn(s, "key(p_sid)")};
      BEGIN
        INSERT INTO ${s}.entries (kind, id, whole_id, revoked, until, successors, since, seq)
        VALUES ('session', v_key, nullif(p_sid, v_key), p_revoked, p_until, p_successors, ${fn(s, "now()")}, ${fn(s, "next()")})
        ON CONFLICT (kind, id) DO UPDATE SET
          revoked = excluded.revoked, until = excluded.until, successors = excluded.successors,
          since = excluded.since, seq = excluded.seq;
      END`,
    ),

    // An id is replaced, by p_successor where the two are linked, unless it is revoked. A sign-in that was sent twice has
    // two successors.
    part(
      s,
      "supersede(p_sid text, p_until bigint, p_successor text)",
      "boolean",
      `DECLARE
        v_entry record;
      BEGIN
        SELECT revoked, until, successors INTO v_entry
        FROM ${s}.entries WHERE kind = 'session' AND id = ${fn(s, "key(p_sid)")};
        IF v_entry.revoked THEN RETURN false; END IF;
        IF p_successor IS NOT NULL THEN
          v_entry.successors := array_remove(v_entry.successors, p_successor) || p_successor;
        END IF;
        PERFORM ${fn(s, "put(p_sid, false, greatest(p_until, v_entry.until), coalesce(v_entry.successors, '{}'))")};
        RETURN true;
      END`,
    ),

    // Ends the oldest linked successor where another one makes too many: sign-ins with one old cookie over and over must
    // not make an entry grow. To be called before anything leads to the new one, and before it is linked.
    part(
      s,
      "make_room(p_sid text, p_successor text)",
      "void",
      `DECLARE
        v_key text := ${fn(s, "key(p_sid)")};
        v_successors text[];
      BEGIN
        SELECT successors INTO v_successors FROM ${s}.entries WHERE kind = 'session' AND id = v_key;
        IF cardinality(v_successors) >= ${MAX_SUCCESSORS} AND p_successor <> ALL (v_successors) THEN
          UPDATE ${s}.entries SET successors = v_successors[2:] WHERE kind = 'session' AND id = v_key;
          PERFORM ${fn(s, "end(v_successors[1], NULL)")};
        END IF;
      END`,
    ),

    // An id ends, and whatever took its place. Of these no deadline is known: one may be a later login's. Returns those
    // that had not ended before.
    part(
      s,
      "end(p_sid text, p_until bigint)",
      "text[]",
      `DECLARE
        v_ended text[] := '{}';
        v_pending text[] := ARRAY[p_sid];
        v_until bigint := p_until;
        v_sid text;
        v_entry record;
      BEGIN
        WHILE cardinality(v_pending) > 0 LOOP
          v_sid := v_pending[1];
          v_pending := v_pending[2:];
          DELETE FROM ${s}.sign_ins WHERE sid = v_sid;
          SELECT revoked, until, successors INTO v_entry
          FROM ${s}.entries WHERE kind = 'session' AND id = ${fn(s, "key(v_sid)")};
          IF v_entry.revoked IS NOT TRUE THEN
            PERFORM ${fn(s, "put(v_sid, true, CASE WHEN v_until IS NOT NULL THEN greatest(v_until, v_entry.until) END, '{}')")};
            v_pending := v_pending || v_entry.successors;
            v_ended := v_ended || v_sid;
          END IF;
          v_until := NULL;
        END LOOP;
        RETURN v_ended;
      END`,
    ),

    part(
      s,
      "set_generation(p_subject text, p_generation bigint)",
      "void",
      `DECLARE
        v_key text := ${fn(s, "key(p_subject)")};
      BEGIN
        INSERT INTO ${s}.entries (kind, id, whole_id, generation, since, seq)
        VALUES ('subject', v_key, nullif(p_subject, v_key), p_generation, ${fn(s, "now()")}, ${fn(s, "next()")})
        ON CONFLICT (kind, id) DO UPDATE SET
          generation = excluded.generation, since = excluded.since, seq = excluded.seq;
        DELETE FROM ${s}.sign_ins WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${s}.sign_ins WHERE subject = p_subject AND generation_subject < p_generation
          LIMIT 1000 FOR UPDATE SKIP LOCKED));
      END`,
    ),

    part(
      s,
      "new_generation(p_subject text)",
      "bigint",
      `DECLARE
        v_generation bigint;
      BEGIN
        SELECT greatest(max(generation) + 1, ${fn(s, "now()")}) INTO v_generation
        FROM ${s}.entries WHERE kind = 'subject' AND id = ${fn(s, "key(p_subject)")};
        RETURN v_generation;
      END`,
    ),

    part(
      s,
      "put_key(p_id text)",
      "void",
      `DECLARE
        v_key text := ${fn(s, "key(p_id)")};
      BEGIN
        PERFORM 1 FROM ${s}.entries WHERE kind = 'key' AND id = v_key;
        IF FOUND THEN RETURN; END IF;
        INSERT INTO ${s}.entries (kind, id, whole_id, since, seq)
        VALUES ('key', v_key, nullif(p_id, v_key), ${fn(s, "now()")}, ${fn(s, "next()")});
      END`,
    ),

    // Two who do this at the same time need no common lock: the index lets one of them in.
    part(
      s,
      "put_once(p_id text, p_until bigint)",
      "boolean",
      `DECLARE
        v_key text := ${fn(s, "key(p_id)")};
      BEGIN
        INSERT INTO ${s}.entries (kind, id, whole_id, until, since)
        VALUES ('once', v_key, nullif(p_id, v_key), p_until, ${fn(s, "now()")})
        ON CONFLICT (kind, id) DO NOTHING;
        RETURN FOUND;
      END`,
    ),

    rangeOperation(
      s,
      "revoke_session(p_sid text, p_until bigint, p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "lock()")};
        v_ended text[] := ${fn(s, "end(p_sid, p_until)")};
      BEGIN
        PERFORM ${fn(s, "written(p_skew)")};
        RETURN json_build_object('home', v_home, 'ended', v_ended);
      END`,
    ),

    rangeOperation(
      s,
      "revoke_subject(p_subject text, p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "lock()")};
        v_generation bigint := ${fn(s, "new_generation(p_subject)")};
      BEGIN
        PERFORM ${fn(s, "set_generation(p_subject, v_generation)")};
        PERFORM ${fn(s, "written(p_skew)")};
        RETURN json_build_object('home', v_home, 'generation', v_generation,
          'all', (SELECT generation FROM ${s}.list));
      END`,
    ),

    rangeOperation(
      s,
      "revoke_all(p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "lock()")};
        v_generation bigint;
      BEGIN
        UPDATE ${s}.list SET seq = seq + 1, generation = greatest(generation + 1, ${fn(s, "now()")})
        RETURNING generation INTO v_generation;
        PERFORM ${fn(s, "written(p_skew)")};
        RETURN json_build_object('home', v_home, 'all', v_generation);
      END`,
    ),

    rangeOperation(
      s,
      "revoke_keys(p_ids text, p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "lock()")};
      BEGIN
        PERFORM ${fn(s, "put_key(value)")} FROM json_array_elements_text(p_ids::json);
        PERFORM ${fn(s, "written(p_skew)")};
        RETURN json_build_object('home', v_home);
      END`,
    ),

    rangeOperation(
      s,
      "use_once(p_id text, p_until bigint, p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_first boolean;
      BEGIN
        PERFORM ${fn(s, "durably()")};
        v_first := ${fn(s, "put_once(p_id, p_until)")};
        PERFORM ${fn(s, "remove_expired(20, p_skew)")};
        RETURN json_build_object('home', v_home, 'first', v_first);
      END`,
    ),

    operation(
      s,
      "announce(p_retention bigint)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
      BEGIN
        PERFORM ${fn(s, "durably()")};
        UPDATE ${s}.list SET retention = p_retention WHERE retention < p_retention;
        RETURN json_build_object('home', v_home);
      END`,
    ),

    rangeOperation(
      s,
      "prune(p_limit bigint, p_skew bigint)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
      BEGIN
        RETURN json_build_object('home', v_home, 'removed', ${fn(s, "remove_expired(p_limit, p_skew)")});
      END`,
    ),
  ].join("");
