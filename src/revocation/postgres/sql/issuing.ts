import { fn, part, rangeOperation } from "./functions.js";

/**
 * New ids for sessions.
 *
 * @param s the schema, quoted
 */
export const issuingFunctions = (s: string): string =>
  [
    // The same sign-in goes on under another id.
    part(
      s,
      "move(p_sid text, p_next text, p_all bigint, p_subject bigint)",
      "void",
      `BEGIN
        UPDATE ${s}.sign_ins SET sid = p_next, generation_all = p_all, generation_subject = p_subject
        WHERE sid = p_sid;
      END`,
    ),

    // A login that replaces nothing only reads, and waits for nobody. A revocation of its subject that is committed
    // meanwhile ends it: it is sealed with the generation of before.
    rangeOperation(
      s,
      "issue(p_sid text, p_subject text, p_replaces text, p_sign_in text, p_skew bigint)",
      `DECLARE
        v_now record;
        v_replaced record;
        v_marked text[] := '{}';
      BEGIN
        IF p_replaces IS NOT NULL THEN
          PERFORM ${fn(s, "lock()")};
          PERFORM ${fn(s, "make_room(r.sid, p_sid)")}
          FROM json_to_recordset(p_replaces::json) AS r(sid text, linked boolean) WHERE r.linked;
          FOR v_replaced IN
            SELECT * FROM json_to_recordset(p_replaces::json) AS r(sid text, until bigint, linked boolean)
          LOOP
            DELETE FROM ${s}.sign_ins WHERE sid = v_replaced.sid;
            IF ${fn(s, "supersede(v_replaced.sid, v_replaced.until, CASE WHEN v_replaced.linked THEN p_sid END)")} THEN
              v_marked := v_marked || v_replaced.sid;
            END IF;
          END LOOP;
          PERFORM ${fn(s, "written(p_skew)")};
        END IF;
        SELECT * INTO v_now FROM ${fn(s, "generations(p_subject)")};
        IF p_sign_in IS NOT NULL THEN
          INSERT INTO ${s}.sign_ins
            (sid, id, subject, label, created_at, seen_at, until, generation_all, generation_subject)
          SELECT p_sid, r.id, p_subject, r.label, r.began, r.began, r.until, v_now.o_all, v_now.o_subject
          FROM json_to_record(p_sign_in::json) AS r(id text, began bigint, until bigint, label text)
          ON CONFLICT (sid) DO UPDATE SET
            generation_all = excluded.generation_all, generation_subject = excluded.generation_subject;
        END IF;
        RETURN json_build_object('home', v_now.o_home, 'all', v_now.o_all, 'subject', v_now.o_subject, 'marked', v_marked);
      END`,
    ),

    // Who lost the answer has sent it again, and is answered as the first time. Not where it ended the others: it is not
    // known by which generation.
    rangeOperation(
      s,
      `regenerate(p_sid text, p_next text, p_subject text, p_all bigint, p_generation bigint, p_until bigint,
        p_end_others text, p_skew bigint)`,
      `DECLARE
        v_home text := ${fn(s, "lock()")};
        v_ends boolean := p_end_others IS NOT NULL AND p_subject IS NOT NULL;
        v_now record;
        v_entry record;
        v_again boolean;
      BEGIN
        SELECT revoked, successors INTO v_entry
        FROM ${s}.entries WHERE kind = 'session' AND id = ${fn(s, "key(p_sid)")};
        v_again := FOUND AND p_end_others IS NULL AND p_next = ANY (v_entry.successors);
        IF FOUND AND NOT v_again THEN
          RETURN json_build_object('home', v_home, 'refused', CASE WHEN v_entry.revoked THEN 'revoked' ELSE 'superseded' END);
        END IF;
        SELECT * INTO v_now FROM ${fn(s, "generations(p_subject)")};
        IF v_now.o_all > p_all OR v_now.o_subject > p_generation THEN
          RETURN json_build_object('home', v_home, 'refused', 'revoked');
        END IF;
        IF v_again THEN
          RETURN json_build_object('home', v_now.o_home, 'all', v_now.o_all, 'subject', v_now.o_subject);
        END IF;
        PERFORM ${fn(s, "supersede(p_sid, p_until, p_next)")};
        IF v_ends THEN v_now.o_subject := ${fn(s, "new_generation(p_subject)")}; END IF;
        PERFORM ${fn(s, "move(p_sid, p_next, v_now.o_all, v_now.o_subject)")};
        IF v_ends THEN PERFORM ${fn(s, "set_generation(p_subject, v_now.o_subject)")}; END IF;
        PERFORM ${fn(s, "written(p_skew)")};
        RETURN json_build_object('home', v_now.o_home, 'all', v_now.o_all, 'subject', v_now.o_subject);
      END`,
    ),
  ].join("");
