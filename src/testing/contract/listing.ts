import type { Revocation, RevocationStore } from "../../revocation/store.js";
import { holds, pageCounter, same } from "./expect.js";
import { HOSTILE_SUBJECTS } from "./facts.js";
import type { ContractCase } from "./harness.js";

async function readAll(store: RevocationStore, after?: string, limit?: number) {
  const entries: Revocation[] = [];
  const countPage = pageCounter();
  for (let cursor = after; ;) {
    countPage();
    const page = await store.list({ after: cursor, limit });
    entries.push(...page.entries);
    holds(limit === undefined || page.entries.length <= limit, "a page has at most `limit` entries");
    cursor = page.cursor;
    if (!page.more) return { entries, cursor, page };
  }
}

function nameOf(entry: Revocation): string {
  if (entry.kind === "session") return `${entry.state} ${entry.sid}`;
  return entry.kind === "subject" ? `subject ${entry.subject}` : `key ${entry.id}`;
}

/** The list, page by page, and what has changed since a cursor. */
export const listingCases: ContractCase[] = [
  {
    name: "the list gives every entry once, in the order of their last change",
    announces: true,
    async run({ store, another, sid, now, unit }) {
      const [a, b, c] = [sid(), sid(), sid()];
      const [from, d] = [await now(), sid()];
      const until = from + 10 * unit;
      await store.announce(unit);
      await store.issue({ sid: sid(), replaces: [a, d].map((old) => ({ sid: old, until, linked: false })) });
      await store.revokeSession(b);
      await store.revokeSubject("ada");
      await store.revokeKeys(["k1"]);
      await store.revokeSession(c, until);
      await store.revokeSession(a, until);
      const { entries, page } = await readAll(await another(), undefined, 2);
      const wanted = [`superseded ${d}`, `revoked ${b}`, "subject ada", "key k1", `revoked ${c}`, `revoked ${a}`];
      same(entries.map(nameOf), wanted, "the entries");
      same([page.retention, (await store.stats()).list], [unit, page.list], "the retention and the list's id");
      const deadlines = entries.flatMap((entry) => (entry.kind === "session" ? [entry.until ?? null] : []));
      same(deadlines, [until, null, until, until], "the deadlines");
      const to = await now();
      holds(
        entries.every(({ since }) => from <= since && since <= to),
        "an entry's `since` is when it was made",
      );
    },
  },
  {
    name: "from a cursor on it gives what has changed since, and nothing else",
    async run({ store, another, sid }) {
      for (let i = 0; i < 5; i++) await store.revokeSession(sid());
      const { cursor } = await readAll(store);
      same((await readAll(store, cursor)).entries, [], "when nothing has changed");
      const next = sid();
      await (await another()).revokeSession(next);
      same((await readAll(store, cursor)).entries.map(nameOf), [`revoked ${next}`], "after a revocation");
      const { page } = await readAll(store, cursor);
      const all = await store.revokeAll();
      const later = await store.list({ after: page.cursor });
      same([later.entries, later.all], [[], all], "after everything was revoked");
    },
  },
  {
    name: "what is written while the list is read is not missed",
    async run({ store, another, sid }) {
      const writer = await another();
      const written = new Set<string>();
      const write = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) {
          const id = sid();
          await writer.revokeSession(id);
          written.add(id);
        }
      };
      await write(20);
      const seen = new Set<string>();
      let cursor: string | undefined;
      const countPage = pageCounter();
      const read = async (): Promise<void> => {
        countPage();
        const page = await store.list({ after: cursor, limit: 3 });
        for (const entry of page.entries) if (entry.kind === "session") seen.add(entry.sid);
        cursor = page.cursor;
        if (page.more) await read();
      };
      for (let round = 0; round < 5; round++) await Promise.all([write(10), write(10), read()]);
      await read();
      same([...written].filter((id) => !seen.has(id)).length, 0, "entries that were missed");
    },
  },
  {
    name: "a cursor that does not belong here begins again from the start",
    async run({ store, sid }) {
      const id = sid();
      await store.revokeSession(id);
      for (const after of ["", "x", "0", "1", "other:1", "other:99", "a:b:c:d", "9".repeat(40)]) {
        const { entries } = await store.list({ after });
        same(entries.map(nameOf), [`revoked ${id}`], `from the cursor ${JSON.stringify(after)}`);
      }
    },
  },
  {
    name: "a cursor of a lost list begins again from the start of the new one",
    needs: "lose",
    async run({ store, sid, lose }) {
      for (let i = 0; i < 3; i++) await store.revokeSession(sid());
      const { cursor, list } = await store.list();
      await lose?.();
      const id = sid();
      await store.revokeSession(id);
      const page = await store.list({ after: cursor });
      holds(page.list !== list, "the new list has an id of its own");
      holds(
        page.entries.some((entry) => nameOf(entry) === `revoked ${id}`),
        "the new list's entry is there",
      );
    },
  },
  {
    name: "subjects come back as they were given",
    async run({ store }) {
      for (const subject of HOSTILE_SUBJECTS) await store.revokeSubject(subject);
      const { entries } = await readAll(store, undefined, 5);
      same(
        entries.map((entry) => (entry.kind === "subject" ? entry.subject : entry.kind)),
        HOSTILE_SUBJECTS,
        "the subjects",
      );
    },
  },
  {
    name: "stats count the list",
    async run({ store, sid, now, unit }) {
      const until = (await now()) + 10 * unit;
      await store.issue({ sid: sid(), replaces: [{ sid: sid(), until, linked: false }] });
      await store.revokeSession(sid());
      await store.revokeSession(sid(), until);
      await store.revokeSubject("ada");
      await store.revokeKeys(["k1", "k2"]);
      const { sessions, superseded, subjects, keys } = await store.stats();
      same({ sessions, superseded, subjects, keys }, { sessions: 3, superseded: 1, subjects: 1, keys: 2 }, "stats");
    },
  },
  {
    name: "watchers are woken by a change of any process, until they end it",
    needs: "watch",
    async run({ store, another, sid }) {
      const other = await another();
      const wakes: true[] = [];
      const stop = await store.watch?.(() => void wakes.push(true));
      for (let attempt = 0; wakes.length === 0 && attempt < 1_000; attempt++) {
        await other.revokeSession(sid());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      stop?.();
      holds(wakes.length > 0, "a watcher is woken");
    },
  },
];
