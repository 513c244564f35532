import { fn, operation, part, rangeOperation } from "./functions.js";

/**
 * What is read of the list.
 *
 * @param s the schema, quoted
 */
export const readingFunctions = (s: string): string =>
  [
    part(
      s,
      "generations(p_subject text, OUT o_home text, OUT o_all bigint, OUT o_subject bigint)",
      "record",
      `BEGIN
        PERFORM ${fn(s, "refuse_standby()")};
        LOOP
          SELECT ${fn(s, "home(l.id)")}, l.generation, coalesce(g.generation, 0) INTO o_home, o_all, o_subject
          FROM ${s}.list l
          JOIN ${s}.entries m ON m.kind = 'list' AND m.id = l.id
          LEFT JOIN ${s}.entries g ON g.kind = 'subject' AND g.id = ${fn(s, "key(p_subject)")};
          EXIT WHEN FOUND;
          PERFORM ${fn(s, "begin()")};
        END LOOP;
      END`,
    ),

    // One statement, so one moment: a session that was replaced together with its subject's generation is never seen
    // as half of it. No lock.
    operation(
      s,
      "check(p_sid text, p_subject text, p_keys text)",
      `DECLARE
        v_answer text;
      BEGIN
        PERFORM ${fn(s, "refuse_standby()")};
        LOOP
          SELECT json_build_object(
            'home', ${fn(s, "home(l.id)")},
            'all', l.generation,
            'subject', coalesce(g.generation, 0),
            'revoked', e.revoked,
            'keys', (
              SELECT json_agg(coalesce(k.whole_id, k.id)) FROM ${s}.entries k
              WHERE k.kind = 'key' AND k.id IN (
                SELECT ${fn(s, "key(value)")} FROM json_array_elements_text(p_keys::json)))
          ) INTO v_answer
          FROM ${s}.list l
          JOIN ${s}.entries m ON m.kind = 'list' AND m.id = l.id
          LEFT JOIN ${s}.entries e ON e.kind = 'session' AND e.id = ${fn(s, "key(p_sid)")}
          LEFT JOIN ${s}.entries g ON g.kind = 'subject' AND g.id = ${fn(s, "key(p_subject)")};
          EXIT WHEN FOUND;
          PERFORM ${fn(s, "begin()")};
        END LOOP;
        RETURN v_answer;
      END`,
    ),

    // One statement, so that the entries and the counter belong together. A place that was not given out here, by this
    // list on this run of this server, is the beginning.
    rangeOperation(
      s,
      "page(p_home text, p_after bigint, p_limit bigint)",
      `DECLARE
        v_answer text;
      BEGIN
        PERFORM ${fn(s, "refuse_standby()")};
        LOOP
          SELECT json_build_object(
            'home', h.home, 'list', l.id, 'all', l.generation, 'retention', l.retention, 'seq', l.seq, 'from', h.place,
            'entries', (
              SELECT json_agg(json_build_array(
                e.kind, coalesce(e.whole_id, e.id), e.seq, e.since, e.until, e.revoked, e.generation) ORDER BY e.seq)
              FROM (SELECT * FROM ${s}.entries WHERE seq > h.place ORDER BY seq LIMIT p_limit + 1) e)
          ) INTO v_answer
          FROM ${s}.list l
          JOIN ${s}.entries m ON m.kind = 'list' AND m.id = l.id,
          LATERAL (
            SELECT ${fn(s, "home(l.id)")} AS home,
              CASE WHEN p_home = ${fn(s, "home(l.id)")} AND p_after <= l.seq THEN p_after ELSE 0 END AS place) h;
          EXIT WHEN FOUND;
          PERFORM ${fn(s, "begin()")};
        END LOOP;
        RETURN v_answer;
      END`,
    ),

    operation(
      s,
      "stats()",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_answer text;
      BEGIN
        SELECT json_build_object(
          'home', v_home, 'list', l.id, 'all', l.generation, 'retention', l.retention,
          'sessions', c.sessions, 'superseded', c.superseded, 'subjects', c.subjects, 'keys', c.keys
        ) INTO v_answer
        FROM ${s}.list l, (
          SELECT
            count(*) FILTER (WHERE kind = 'session') AS sessions,
            count(*) FILTER (WHERE kind = 'session' AND NOT revoked) AS superseded,
            count(*) FILTER (WHERE kind = 'subject') AS subjects,
            count(*) FILTER (WHERE kind = 'key') AS keys
          FROM ${s}.entries) c;
        RETURN v_answer;
      END`,
    ),
  ].join("");
