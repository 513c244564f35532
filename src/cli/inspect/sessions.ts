import type { RejectionReason } from "../../errors.js";
import type { Authentic } from "../../session/authentic.js";
import { lineageOf } from "../../session/judge.js";
import { type Deadlines, deadlines, overdue, type Renewal } from "../../session/lifetimes.js";
import { maskSid } from "../../session/payload.js";
import type { Finding, NamedKey, SessionFacts } from "./finding.js";
import { keyInRing, type Verifier } from "./verifier.js";

/** A finding, and the session in it where it holds an authentic one. */
export interface Judged {
  readonly finding: Finding;
  readonly authentic?: Authentic;
}

/**
 * Whether a session is alive, as far as its cookies and the ring tell: its lineage and its deadlines. The timeouts of
 * the application's configuration are not known here; they may only shorten what is sealed.
 */
export function judgeSession(
  finding: Finding,
  authentic: Authentic,
  renewal: Renewal | undefined,
  verifier: Verifier,
): Judged {
  const { sealed } = authentic;
  const limits = { idle: Infinity, absolute: verifier.ring.policy?.absoluteTimeout ?? Infinity };
  const instants = deadlines(sealed, authentic.expiry, renewal, limits);
  const lineage = lineageOf(authentic).map((id) => keyInRing(id, verifier));
  // Not by its state: of a revoked key that was pruned later only the tombstone is left.
  const revoked = lineage.find(({ id }) => verifier.ring.find(id)?.revokedAt !== undefined);
  const over = overdue(sealed, instants, verifier.now, verifier.skew);
  const reason = finding.reason ?? (revoked ? "key_revoked" : over);
  const session = factsOf(authentic, renewal, instants, lineage);
  return {
    authentic,
    finding: { ...finding, session, ...verdictOf(reason, revoked) },
  };
}

function verdictOf(reason: RejectionReason | undefined, revoked: NamedKey | undefined): Partial<Finding> {
  if (reason === undefined) return { verdict: "accepted" };
  const remark = reason === "key_revoked" && revoked && `its data came through the revoked key ${revoked.id}`;
  return { verdict: "refused", reason, ...(remark && { remark }) };
}

function factsOf(
  { sealed }: Authentic,
  renewal: Renewal | undefined,
  instants: Deadlines,
  lineage: readonly NamedKey[],
): SessionFacts {
  return {
    id: maskSid(sealed.sid),
    subject: sealed.sub,
    issuedAt: sealed.iat,
    renewedAt: instants.renewedAt,
    renewedBySeen: renewal?.ren === instants.renewedAt,
    idleDeadline: instants.idle,
    absoluteDeadline: instants.absolute,
    ownIdleTimeout: sealed.idl === undefined ? undefined : sealed.idl * 1_000,
    persistent: sealed.per,
    lineage,
    generations: sealed.gen,
    schemaVersion: sealed.sv,
  };
}

/**
 * What several sessions in one cookie mean: of values of one session the one that was sealed last counts; two live
 * sessions make a request anonymous, since nothing says which is the visitor's.
 */
export function settleTwins(judged: readonly Judged[]): Judged[] {
  return judged.map((one) => {
    const twins = judged.filter((other) => other !== one && isTwin(one, other));
    const sid = one.authentic?.sealed.sid;
    if (twins.some((other) => other.authentic?.sealed.sid !== sid)) {
      return { ...one, finding: { ...one.finding, verdict: "refused", reason: "ambiguous" } };
    }
    return twins.some((other) => sealedAt(other) > sealedAt(one))
      ? { ...one, finding: { ...one.finding, remark: "another value of the same session was sealed later and counts" } }
      : one;
  });
}

function isTwin(one: Judged, other: Judged): boolean {
  const alive = [one, other].every(({ finding, authentic }) => authentic && finding.verdict === "accepted");
  return alive && one.finding.kind === other.finding.kind && one.finding.base === other.finding.base;
}

function sealedAt({ authentic }: Judged): number {
  return authentic ? authentic.sealed.iat + authentic.sealed.ren * 1_000 : 0;
}
