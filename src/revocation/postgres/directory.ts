import type { DirectoryStore, StoredSignIn } from "../directory.js";
import type { Conversation } from "./conversation.js";
import { fromDatabase, toDatabase, whole } from "./text.js";

type Row = readonly [
  id: string,
  sid: string,
  subject: string,
  createdAt: number,
  seenAt: number,
  until: number,
  label: string | null,
];

/** Who is signed in where, each operation one call. */
export function postgresDirectory({ ask }: Conversation): DirectoryStore {
  return {
    async touch(sid, { seenAt, until }) {
      await ask("touch", [toDatabase(sid), whole(seenAt), whole(until)], true);
    },
    async list({ subject, after, limit = 1_000 } = {}) {
      // By when they began, then by their ids. Whatever else was handed in is the beginning.
      const [, createdAt = "-1", id = ""] = /^(\d{1,15}) (.*)$/s.exec(after ?? "") ?? [];
      const of = subject === undefined ? null : toDatabase(subject);
      const parameters = [of, createdAt, toDatabase(id), whole(limit)];
      const { rows } = await ask<{ rows: Row[] | null }>("sign_ins", parameters, true);
      const signIns = (rows ?? []).map(signInOf);
      const page = signIns.slice(0, limit);
      const last = page.at(-1);
      return { signIns: page, ...(last && signIns.length > page.length && { cursor: `${last.createdAt} ${last.id}` }) };
    },
    async find(id) {
      const { row } = await ask<{ row: Row | null }>("sign_in", [toDatabase(id)], true);
      return row ? signInOf(row) : undefined;
    },
    async count(subject) {
      if (subject === undefined) return (await ask<{ count: number }>("sign_in_total", [], true)).count;
      return (await ask<{ count: number }>("sign_in_count", [toDatabase(subject)], true)).count;
    },
  };
}

function signInOf([id, sid, subject, createdAt, seenAt, until, label]: Row): StoredSignIn {
  return {
    id: fromDatabase(id),
    sid: fromDatabase(sid),
    subject: fromDatabase(subject),
    createdAt,
    seenAt,
    until,
    ...(label !== null && { label: fromDatabase(label) }),
  };
}
