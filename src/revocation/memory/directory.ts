import type { Clock } from "../../clock.js";
import type { DirectoryStore, NewSignIn, StoredSignIn } from "../directory.js";
import type { Generations } from "../store.js";
import type { MemoryList } from "./list.js";

/** A sign-in and the generations it was sealed with: by these it ends with its subject, or with everything. */
export interface DirectoryRow extends StoredSignIn {
  readonly generations: Generations;
}

/** The directory beside a list. */
export function memoryDirectory(list: MemoryList, clock: Clock): DirectoryStore {
  const goesOn = ({ until, subject, generations }: DirectoryRow): boolean =>
    until >= clock() &&
    generations.all >= list.all &&
    generations.subject >= (list.subjects.get(subject)?.generation ?? 0);
  const ofSubject = (subject: string | undefined): DirectoryRow[] =>
    [...list.signIns.values()].filter((row) => (subject === undefined || row.subject === subject) && goesOn(row));
  return {
    touch(sid, { seenAt, until }) {
      const row = list.signIns.get(sid);
      if (!row) return;
      list.signIns.set(sid, { ...row, seenAt: Math.max(seenAt, row.seenAt), until: Math.max(until, row.until) });
    },
    list({ subject, after, limit = 1_000 } = {}) {
      const rows = ofSubject(subject)
        .sort((a, b) => compare(place(a), place(b)))
        .filter((row) => after === undefined || place(row) > after);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { signIns: page.map(shown), ...(rows.length > page.length && last && { cursor: place(last) }) };
    },
    find(id) {
      const row = [...list.signIns.values()].find((each) => each.id === id);
      return row && goesOn(row) ? shown(row) : undefined;
    },
    count: (subject) => ofSubject(subject).length,
  };
}

/** Puts a new sign-in into the directory. */
export function enter(
  list: MemoryList,
  sid: string,
  subject: string,
  signIn: NewSignIn,
  generations: Generations,
): void {
  const { id, at, until, label } = signIn;
  list.signIns.set(sid, { id, sid, subject, createdAt: at, seenAt: at, until, label, generations });
}

/** The same sign-in goes on under another id. */
export function move(list: MemoryList, sid: string, next: string, generations: Generations): void {
  const row = list.signIns.get(sid);
  if (!row) return;
  list.signIns.delete(sid);
  list.signIns.set(next, { ...row, sid: next, generations });
}

function shown({ generations: _sealed, ...signIn }: DirectoryRow): StoredSignIn {
  return signIn;
}

/** By when it began, in text that sorts so; the id tells those of one instant apart. */
function place({ createdAt, id }: StoredSignIn): string {
  return `${String(createdAt).padStart(15, "0")} ${id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
