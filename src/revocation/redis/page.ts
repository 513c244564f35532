import type { Revocation, RevocationPage } from "../store.js";
import type { Answer } from "./conversation.js";
import { decode } from "./text.js";

/** What is asked for at once, at most: longer pages would keep the server from others. */
export const MOST_ENTRIES = 10_000;

/** The arguments of a page after a cursor. Any other text than a cursor of this list and server means its beginning. */
export function pageArguments(after: string | undefined, limit: number): string[] {
  const [list = "", incarnation = "", counter = ""] = after?.split(".") ?? [];
  return [String(limit), list, incarnation, /^\d{1,15}$/.test(counter) ? counter : ""];
}

export function pageOf({ list, incarnation, all, rest }: Answer): RevocationPage {
  const [retention, counter, more, ...texts] = rest;
  const entries: Revocation[] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const entry = entryOf(texts[i] as string, texts[i + 1] as string);
    if (entry) entries.push(entry);
  }
  return {
    entries,
    cursor: [list, incarnation, counter].join("."),
    more: more === "1",
    list,
    all,
    retention: Number(retention),
  };
}

function entryOf(name: string, text: string): Revocation | undefined {
  const [kind, rest] = [name.slice(0, 2), decode(name.slice(2))];
  const [first = "", second = ""] = text.split("\n", 2);
  if (kind === "k:") return { kind: "key", id: rest, since: Number(first) };
  if (kind === "u:") return { kind: "subject", subject: rest, generation: Number(first), since: Number(second) };
  if (text === "") return undefined;
  return {
    kind: "session",
    sid: rest,
    state: first.startsWith("r") ? "revoked" : "superseded",
    since: Number(first.slice(1)),
    until: second === "-" ? undefined : Number(second),
  };
}
