import type { RejectionReason } from "../../errors.js";
import { formatDate, formatRelative } from "../output/dates.js";
import type { Finding, FindingKind } from "./finding.js";

export const KINDS: Readonly<Record<FindingKind, string>> = {
  session: "signed-in session",
  guest: "guest session",
  seen: "renewal of a session",
  flash: "flash messages",
  chunk: "chunk without its token",
  sealer: "sealer's token",
  value: "token",
};

const REASONS: Readonly<Record<RejectionReason, string>> = {
  malformed: "it is not in the format",
  unknown_key: "the ring has no such key: it is another ring's, or was pruned or taken out",
  tampered: "the MAC does not hold",
  key_retired: "authentic, but its key has retired",
  key_revoked: "its key was revoked, and whoever has that key could have made it",
  misplaced: "authentic, but in the other kind's place: a guest's session in a signed-in one's cookie, or the reverse",
  premature: "it says it was made in the future, by more than clocks may differ",
  expired: "authentic, but over",
  idle: "authentic, but it was not used for too long",
  revoked: "it was revoked",
  superseded: "a newer session took its place",
  schema: "its data fits no schema",
  ambiguous: "there are two live sessions, and nothing says which is the visitor's",
  used: "it was used before",
};

/** Why a finding is not accepted, in words. */
export function reasonInWords({ reason = "malformed", remark, problem, kind, name }: Finding, purpose = ""): string {
  if (problem !== undefined) return problem;
  if (remark !== undefined) return remark;
  if (reason !== "tampered") return REASONS[reason];
  const meant = kind === "sealer" ? `the purpose "${purpose}"` : `the name "${name ?? ""}"`;
  return `${REASONS.tampered}: it was altered, or not sealed for ${meant} with this key`;
}

const LAST_DATE = Date.UTC(9999, 11, 31);

/** An instant, also as seen from now. Anybody can write any number, so it may be no date at all. */
export function instant(ms: number, now: number): string {
  if (!(Math.abs(ms) <= LAST_DATE)) return `beyond the year 9999 (${ms} ms)`;
  return `${formatDate(ms)} (${formatRelative(ms, now)})`;
}

export function bytesOf(count: number): string {
  return count === 1 ? "1 byte" : `${count.toLocaleString("en-US")} bytes`;
}
