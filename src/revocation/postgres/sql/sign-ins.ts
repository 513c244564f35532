import { fn, operation, rangeOperation } from "./functions.js";

/**
 * Who is signed in where. A sign-in that is behind its subject's generation, or behind the global one, has ended.
 *
 * @param s the schema, quoted
 */
export const signInFunctions = (s: string): string => {
  const goesOn = `r.until >= ${fn(s, "now()")}
          AND r.generation_all >= (SELECT generation FROM ${s}.list)
          AND r.generation_subject >= coalesce((
            SELECT g.generation FROM ${s}.entries g
            WHERE g.kind = 'subject' AND g.id = ${fn(s, "key(r.subject)")}), 0)`;
  const shown = (r: string): string =>
    `json_build_array(${r}.id, ${r}.sid, ${r}.subject, ${r}.created_at, ${r}.seen_at, ${r}.until, ${r}.label)`;
  return [
    operation(
      s,
      "touch(p_sid text, p_seen_at bigint, p_until bigint)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
      BEGIN
        UPDATE ${s}.sign_ins SET seen_at = greatest(seen_at, p_seen_at), until = greatest(until, p_until)
        WHERE sid = p_sid;
        RETURN json_build_object('home', v_home);
      END`,
    ),

    rangeOperation(
      s,
      "sign_ins(p_subject text, p_created_at bigint, p_id text, p_limit bigint)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_rows json;
      BEGIN
        IF p_subject IS NULL THEN
          SELECT json_agg(${shown("p")} ORDER BY p.created_at, p.id) INTO v_rows FROM (
            SELECT r.* FROM ${s}.sign_ins r
            WHERE (r.created_at, r.id) > (p_created_at, p_id) AND ${goesOn}
            ORDER BY r.created_at, r.id LIMIT p_limit + 1) p;
        ELSE
          SELECT json_agg(${shown("p")} ORDER BY p.created_at, p.id) INTO v_rows FROM (
            SELECT r.* FROM ${s}.sign_ins r
            WHERE r.subject = p_subject AND (r.created_at, r.id) > (p_created_at, p_id) AND ${goesOn}
            ORDER BY r.created_at, r.id LIMIT p_limit + 1) p;
        END IF;
        RETURN json_build_object('home', v_home, 'rows', v_rows);
      END`,
    ),

    operation(
      s,
      "sign_in(p_id text)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_row json;
      BEGIN
        SELECT ${shown("r")} INTO v_row FROM ${s}.sign_ins r WHERE r.id = p_id AND ${goesOn} LIMIT 1;
        RETURN json_build_object('home', v_home, 'row', v_row);
      END`,
    ),

    rangeOperation(
      s,
      "sign_in_count(p_subject text)",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_count bigint;
      BEGIN
        SELECT count(*) INTO v_count FROM ${s}.sign_ins r WHERE r.subject = p_subject AND ${goesOn};
        RETURN json_build_object('home', v_home, 'count', v_count);
      END`,
    ),

    operation(
      s,
      "sign_in_total()",
      `DECLARE
        v_home text := ${fn(s, "find()")};
        v_count bigint;
      BEGIN
        SELECT count(*) INTO v_count FROM ${s}.sign_ins r WHERE ${goesOn};
        RETURN json_build_object('home', v_home, 'count', v_count);
      END`,
    ),
  ].join("");
};
