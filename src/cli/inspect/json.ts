import type { Finding, SessionFacts } from "./finding.js";
import type { Report } from "./report.js";

/** The report as `--json` prints it. Times are ISO 8601; what does not apply is left out. */
export function toJson({ form, bytes, findings, removed, others, ring, now, accepted }: Report): object {
  return {
    form,
    bytes,
    now: iso(now),
    ring: ring ? { origin: ring.origin, from: ring.from, ...ringOf(ring.keyring), unused: ring.unused } : null,
    accepted: accepted ?? null,
    revocation: "not asked",
    findings: findings.map(findingJson),
    removed,
    others,
  };
}

function ringOf({ ringId, revision }: NonNullable<Report["ring"]>["keyring"]): object {
  return { ringId, revision };
}

function findingJson(finding: Finding): object {
  const { kind, name, carriers, problem, key, claimed, verdict, reason, remark, session, expiry, dataBytes } = finding;
  return {
    kind,
    name,
    cookies: carriers,
    problem,
    key,
    claimed: claimed && { until: iso(claimed.until), renewedAt: iso(claimed.renewedAt), verified: false },
    verdict,
    reason,
    remark,
    session: session && sessionJson(session),
    expiry: iso(expiry),
    dataBytes,
    ...("data" in finding && { data: finding.data }),
  };
}

function sessionJson(session: SessionFacts): object {
  const { issuedAt, renewedAt, idleDeadline, absoluteDeadline, ...rest } = session;
  return {
    ...rest,
    issuedAt: iso(issuedAt),
    renewedAt: iso(renewedAt),
    idleDeadline: iso(idleDeadline),
    absoluteDeadline: iso(absoluteDeadline),
  };
}

/** `null` for what lies beyond all dates: anybody can write any number. */
function iso(ms: number | undefined): string | null | undefined {
  if (ms === undefined) return undefined;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
