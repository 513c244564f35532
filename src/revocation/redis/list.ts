import type { Recent } from "../recent.js";
import type { Generations, RevocationStore } from "../store.js";
import type { Answer, Conversation } from "./conversation.js";
import { MOST_ENTRIES, pageArguments, pageOf } from "./page.js";
import * as operations from "./scripts/operations.js";
import { decode, encode, orNothing } from "./text.js";

/** What one script removes, at most. */
const MOST_REMOVED = 1_000;

type List = Omit<RevocationStore, "directory" | "watch" | "close">;

/** The list's operations. What the server has acknowledged is remembered for a while, then believed. */
export function redisList({ ask }: Conversation, recent: Recent): List {
  const check: List["check"] = async ({ sid, subject = "", keys = [] }) => {
    const { all, rest } = await ask(operations.CHECK, [sid, subject, ...keys].map(encode), true);
    const [state, generation, ...places] = rest;
    return {
      session: state === "r" ? "revoked" : state === "x" ? "superseded" : "live",
      generations: { all, subject: Number(generation) },
      revokedKeys: places.map((place) => keys[Number(place)] as string),
    };
  };

  return {
    check,
    async issue({ sid, subject = "", replaces = [], signIn }) {
      const { id = "", at, until, label } = (subject !== "" && signIn) || {};
      const entered = [encode(id), orNothing(at), orNothing(until), label === undefined ? "" : `=${encode(label)}`];
      const replaced = replaces.flatMap((old) => [encode(old.sid), String(old.until), old.linked ? "1" : "0"]);
      const args = [encode(sid), encode(subject), ...entered, ...replaced];
      const answer = await ask(operations.ISSUE, args, true);
      const [generation, ...marked] = answer.rest;
      for (const place of marked) {
        const { sid: old, until: deadline, linked } = replaces[Number(place)] as (typeof replaces)[number];
        recent.add({ kind: "superseded", sid: old, until: deadline, ...(linked && { successor: sid }) });
      }
      return { all: confirmed(answer).all, subject: Number(generation) };
    },
    async regenerate({ sid, next, subject, generations: sealed, until, endOthers }) {
      const numbers = [sealed.all, sealed.subject, until].map(String);
      const args = [encode(sid), encode(next), encode(subject ?? ""), ...numbers, endOthers ? "1" : "0"];
      const answer = await ask(operations.REGENERATE, args, false);
      const [outcome, generation] = answer.rest;
      if (outcome !== "live") return outcome === "superseded" ? "superseded" : "revoked";
      const given: Generations = { all: answer.all, subject: Number(generation) };
      recent.add({ kind: "superseded", sid, until, successor: next, moved: given });
      if (endOthers && subject) recent.add({ kind: "subject", subject, generation: given.subject, list: answer.list });
      confirmed(answer);
      return answer.forgot && !(await goesOn({ sid: next, subject }, given)) ? "revoked" : given;
    },
    async revokeSession(sid, until) {
      const answer = await ask(operations.REVOKE_SESSION, [encode(sid), orNothing(until)], true);
      for (const ended of answer.rest.map(decode)) {
        recent.add({ kind: "revoked", sid: ended, until: ended === sid ? until : undefined });
      }
      confirmed(answer);
    },
    async revokeSubject(subject) {
      const answer = await ask(operations.REVOKE_SUBJECT, [encode(subject)], true);
      const generation = Number(answer.rest[0]);
      recent.add({ kind: "subject", subject, generation, list: answer.list });
      confirmed(answer);
      return generation;
    },
    async revokeAll() {
      const answer = await ask(operations.REVOKE_ALL, [], true);
      recent.add({ kind: "all", generation: answer.all });
      return confirmed(answer).all;
    },
    async revokeKeys(ids) {
      if (ids.length === 0) return;
      recent.addKeys(ids);
      confirmed(await ask(operations.REVOKE_KEYS, ids.map(encode), true));
    },
    async useOnce(id, until) {
      // What this process has told the list before, the list may have forgotten.
      const answer = await ask(operations.USE_ONCE, [encode(id), String(until)], false);
      if (answer.rest[0] !== "1" || (answer.forgot && wasUsed(recent, id))) return false;
      recent.add({ kind: "once", id, until });
      confirmed(answer);
      return true;
    },
    async announce(retention) {
      recent.announce(retention);
      await ask(operations.ANNOUNCE, [], true);
    },
    async list({ after, limit = 1_000 } = {}) {
      return pageOf(await ask(operations.LIST, pageArguments(after, Math.min(limit, MOST_ENTRIES)), true));
    },
    async stats() {
      const { list, all, rest } = await ask(operations.STATS, [], true);
      const [sessions = 0, superseded = 0, subjects = 0, keys = 0, retention = 0] = rest.map(Number);
      return { list, sessions, superseded, subjects, keys, all, retention };
    },
    async prune(limit = 1_000) {
      let removed = 0;
      for (;;) {
        const { rest } = await ask(operations.PRUNE, [String(Math.min(limit - removed, MOST_REMOVED))], true);
        const [last = 0, signIns = 0] = rest.map(Number);
        removed += last;
        // Sign-ins are no entries: they go without being counted.
        if ((last === 0 || removed >= limit) && signIns === 0) return removed;
      }
    },
  };

  /** Whether a session that was sealed with these generations is good, now that the list knows all again. */
  async function goesOn(query: { sid: string; subject: string | undefined }, sealed: Generations): Promise<boolean> {
    const { session, generations } = await check(query);
    return session === "live" && generations.all <= sealed.all && generations.subject <= sealed.subject;
  }
}

function wasUsed(recent: Recent, id: string): boolean {
  return recent.changes().some((change) => change.kind === "once" && change.id === id);
}

function confirmed(answer: Answer): Answer {
  if (answer.shortfall) throw answer.shortfall;
  return answer;
}
