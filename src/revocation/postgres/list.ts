import type { Recent } from "../recent.js";
import type { Generations, Revocation, RevocationPage, RevocationStore } from "../store.js";
import type { Parameter } from "./client.js";
import { type Conversation, listOf } from "./conversation.js";
import { fromDatabase, toDatabase, whole } from "./text.js";

type List = Omit<RevocationStore, "directory" | "watch" | "close">;

interface Page {
  readonly home: string;
  readonly list: string;
  readonly all: number;
  readonly retention: number;
  readonly seq: number;
  /** The number after which the page begins. */
  readonly from: number;
  readonly entries: readonly Row[] | null;
}

type Row = readonly [
  kind: "session" | "subject" | "key",
  id: string,
  seq: number,
  since: number,
  until: number | null,
  revoked: boolean | null,
  generation: number | null,
];

/**
 * The list's operations, each one call. What the server has acknowledged is remembered for a while, then believed.
 *
 * @param skew how far apart any two clocks may be, in ms
 */
export function postgresList({ ask }: Conversation, recent: Recent, skew: number): List {
  const check: List["check"] = async ({ sid, subject, keys }) => {
    const parameters = [toDatabase(sid), orNull(subject), keys?.length ? textOf(keys) : null];
    const facts = await ask<Generations & { revoked: boolean | null; keys: string[] | null }>(
      "check",
      parameters,
      true,
    );
    return {
      session: facts.revoked === null ? "live" : facts.revoked ? "revoked" : "superseded",
      generations: { all: facts.all, subject: facts.subject },
      revokedKeys: (facts.keys ?? []).map(fromDatabase),
    };
  };

  return {
    check,
    async issue({ sid, subject, replaces = [], signIn }) {
      const replaced = replaces.map((old) => ({ ...old, sid: toDatabase(old.sid), until: whole(old.until) }));
      const entered = subject !== undefined &&
        signIn && {
          id: toDatabase(signIn.id),
          began: whole(signIn.at),
          until: whole(signIn.until),
          ...(signIn.label !== undefined && { label: toDatabase(signIn.label) }),
        };
      const answer = await ask<Generations & { marked: string[] }>(
        "issue",
        [
          toDatabase(sid),
          orNull(subject),
          replaces.length > 0 ? JSON.stringify(replaced) : null,
          entered ? JSON.stringify(entered) : null,
          whole(skew),
        ],
        true,
      );
      const marked = new Set(answer.marked.map(fromDatabase));
      for (const { sid: old, until, linked } of replaces) {
        if (marked.has(old)) recent.add({ kind: "superseded", sid: old, until, ...(linked && { successor: sid }) });
      }
      return { all: answer.all, subject: answer.subject };
    },
    async regenerate({ sid, next, subject, generations: sealed, until, endOthers }) {
      const ends = endOthers && subject !== undefined;
      const answer = await ask<Generations & { refused?: "revoked" | "superseded" }>(
        "regenerate",
        [
          toDatabase(sid),
          toDatabase(next),
          orNull(subject),
          whole(sealed.all),
          whole(sealed.subject),
          whole(until),
          endOthers ? "others" : null,
          whole(skew),
        ],
        false,
      );
      if (answer.refused !== undefined) return answer.refused;
      const given = { all: answer.all, subject: answer.subject };
      recent.add({ kind: "superseded", sid, until, successor: next, moved: given });
      if (ends) recent.add({ kind: "subject", subject, generation: given.subject, list: listOf(answer.home) });
      return answer.forgot && !(await goesOn({ sid: next, subject }, given)) ? "revoked" : given;
    },
    async revokeSession(sid, until) {
      const deadline = until === undefined ? null : whole(until);
      const { ended } = await ask<{ ended: string[] }>(
        "revoke_session",
        [toDatabase(sid), deadline, whole(skew)],
        true,
      );
      for (const id of ended.map(fromDatabase)) {
        recent.add({ kind: "revoked", sid: id, until: id === sid ? until : undefined });
      }
    },
    async revokeSubject(subject) {
      const parameters = [toDatabase(subject), whole(skew)];
      const { home, generation } = await ask<{ generation: number }>("revoke_subject", parameters, true);
      recent.add({ kind: "subject", subject, generation, list: listOf(home) });
      return generation;
    },
    async revokeAll() {
      const { all } = await ask<{ all: number }>("revoke_all", [whole(skew)], true);
      recent.add({ kind: "all", generation: all });
      return all;
    },
    async revokeKeys(ids) {
      if (ids.length === 0) return;
      recent.addKeys(ids);
      await ask("revoke_keys", [textOf(ids), whole(skew)], true);
    },
    async useOnce(id, until) {
      const { first, forgot } = await ask<{ first: boolean }>(
        "use_once",
        [toDatabase(id), whole(until), whole(skew)],
        false,
      );
      // What this process had used before, the list may have forgotten.
      if (!first || (forgot && wasUsed(recent, id))) return false;
      recent.add({ kind: "once", id, until });
      return true;
    },
    async announce(retention) {
      recent.announce(retention);
      await ask("announce", [whole(retention)], true);
    },
    async list({ after, limit = 1_000 } = {}) {
      const [, home = null, seq = "0"] = /^([^:]+:\d+):(\d{1,15})$/.exec(after ?? "") ?? [];
      return pageOf(await ask<Page>("page", [home && toDatabase(home), seq, whole(limit)], true), limit);
    },
    async stats() {
      const { list, all, retention, sessions, superseded, subjects, keys } = await ask<Stats>("stats", [], true);
      return { list, sessions, superseded, subjects, keys, all, retention };
    },
    async prune(limit = 1_000) {
      return (await ask<{ removed: number }>("prune", [whole(limit), whole(skew)], false)).removed;
    },
  };

  /** Whether a session that was sealed with these generations is good, now that the list knows all again. */
  async function goesOn(query: { sid: string; subject: string | undefined }, sealed: Generations): Promise<boolean> {
    const { session, generations } = await check(query);
    return session === "live" && generations.all <= sealed.all && generations.subject <= sealed.subject;
  }
}

type Stats = Awaited<ReturnType<List["stats"]>>;

function pageOf({ home, list, all, retention, seq, from, entries }: Page, limit: number): RevocationPage {
  const rows = entries ?? [];
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  const end = more ? (page.at(-1)?.[2] ?? from) : seq;
  return { entries: page.map(entryOf), cursor: `${home}:${end}`, more, list, all, retention };
}

function entryOf([kind, id, , since, until, revoked, generation]: Row): Revocation {
  const name = fromDatabase(id);
  if (kind === "key") return { kind, id: name, since };
  if (kind === "subject") return { kind, subject: name, generation: generation ?? 0, since };
  return { kind, sid: name, state: revoked ? "revoked" : "superseded", since, ...(until !== null && { until }) };
}

function wasUsed(recent: Recent, id: string): boolean {
  return recent.changes().some((change) => change.kind === "once" && change.id === id);
}

function textOf(ids: readonly string[]): string {
  return JSON.stringify(ids.map(toDatabase));
}

function orNull(text: string | undefined): Parameter {
  return text === undefined ? null : toDatabase(text);
}
