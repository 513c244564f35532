import { fn, rangeOperation } from "./functions.js";

/**
 * What a process tells again to a server that may have forgotten it (see ../../recent.ts). Everything is merged with
 * what is there: a generation becomes at least what it was. A list that was begun anew has signed out everybody of
 * before by its global generation, so who signed in since stays. On the same list, after a failover that lost
 * a subject's generation, a login made before it is told again ends with it: nothing tells the two apart.
 *
 * @param s the schema, quoted
 */
export const tellingFunctions = (s: string): string =>
  rangeOperation(
    s,
    "tell(p_retention bigint, p_keys text, p_changes text)",
    `DECLARE
      v_home text := ${fn(s, "lock()")};
      v_change record;
      v_entry record;
    BEGIN
      UPDATE ${s}.list SET retention = p_retention WHERE retention < p_retention;
      PERFORM ${fn(s, "put_key(value)")} FROM json_array_elements_text(p_keys::json);
      FOR v_change IN
        SELECT * FROM json_to_recordset(p_changes::json) AS c(
          kind text, sid text, until bigint, successor text, moved_all bigint, moved_subject bigint,
          subject text, generation bigint, list text, id text)
      LOOP
        CASE v_change.kind
          WHEN 'revoked' THEN
            PERFORM ${fn(s, "end(v_change.sid, v_change.until)")};
          WHEN 'superseded' THEN
            IF v_change.moved_all IS NOT NULL THEN
              PERFORM ${fn(s, "move(v_change.sid, v_change.successor, v_change.moved_all, v_change.moved_subject)")};
            ELSE
              DELETE FROM ${s}.sign_ins WHERE sid = v_change.sid;
            END IF;
            -- A link to what has ended is none: told again, it would push out another.
            PERFORM 1 FROM ${s}.entries
            WHERE kind = 'session' AND id = ${fn(s, "key(v_change.successor)")} AND revoked;
            IF FOUND THEN v_change.successor := NULL; END IF;
            SELECT revoked, successors INTO v_entry
            FROM ${s}.entries WHERE kind = 'session' AND id = ${fn(s, "key(v_change.sid)")};
            IF v_entry.revoked AND v_change.successor IS NOT NULL THEN
              PERFORM ${fn(s, "end(v_change.successor, NULL)")};
            ELSIF NOT FOUND OR v_change.successor <> ALL (v_entry.successors) THEN
              PERFORM ${fn(s, "make_room(v_change.sid, v_change.successor)")};
              PERFORM ${fn(s, "supersede(v_change.sid, v_change.until, v_change.successor)")};
            END IF;
          WHEN 'subject' THEN
            PERFORM 1 FROM ${s}.list l WHERE l.id <> v_change.list AND l.generation >= v_change.generation;
            CONTINUE WHEN FOUND;
            PERFORM 1 FROM ${s}.entries
            WHERE kind = 'subject' AND id = ${fn(s, "key(v_change.subject)")} AND generation >= v_change.generation;
            IF NOT FOUND THEN
              PERFORM ${fn(s, "set_generation(v_change.subject, v_change.generation)")};
            END IF;
          WHEN 'all' THEN
            UPDATE ${s}.list SET seq = seq + 1, generation = v_change.generation
            WHERE generation < v_change.generation;
          WHEN 'once' THEN
            PERFORM ${fn(s, "put_once(v_change.id, v_change.until)")};
        END CASE;
      END LOOP;
      PERFORM ${fn(s, "wake()")};
      RETURN json_build_object('home', v_home);
    END`,
  );
