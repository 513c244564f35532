import type { RejectionReason } from "../../errors.js";
import { createBox } from "../../seal/box.js";
import type { Opened } from "../../seal/token-keys.js";
import { parseStrict } from "../../seal/json.js";
import { kindOf } from "../../session/engine.js";
import type { Authentic } from "../../session/authentic.js";
import { readPayload } from "../../session/payload.js";
import { dataOf } from "./data.js";
import type { Finding } from "./finding.js";
import { judgeSession, type Judged, settleTwins } from "./sessions.js";
import { judgeSeen, renewalOf } from "./seen.js";
import { keyInRing, type Verifier } from "./verifier.js";

/** Says of each finding whether a session manager with this ring would accept it, and what it holds. */
export async function verify(findings: readonly Finding[], verifier: Verifier): Promise<Finding[]> {
  const opened = await Promise.all(findings.map((finding) => open(finding, verifier)));
  const judged = await Promise.all(
    opened.map(async (one): Promise<Judged> => {
      const { finding, authentic } = one;
      if (authentic) {
        return judgeSession(finding, authentic, await renewalOf(authentic, finding.base, findings, verifier), verifier);
      }
      return finding.kind === "seen" ? { finding: await judgeSeen(finding, opened, verifier) } : one;
    }),
  );
  return settleTwins(judged).map(({ finding }) => finding);
}

/** Opens a finding's token. Whether a session in it is alive is not judged yet. */
async function open(finding: Finding, verifier: Verifier): Promise<Judged> {
  const found = finding.key ? { ...finding, key: keyInRing(finding.key.id, verifier) } : finding;
  const { kind, name, text } = found;
  if (found.problem !== undefined || kind === "seen" || name === undefined) return { finding: found };
  const box = (purpose: string) => createBox(() => verifier.ring, purpose, name, false);
  if (kind === "flash") return { finding: holding(found, await box("flash").open(text, verifier.now), verifier) };
  if (kind === "sealer") {
    return { finding: holding(found, await box(verifier.purpose ?? "").open(text, verifier.now), verifier) };
  }
  const opened = await box("session").open(text, verifier.now);
  if (opened === "tampered" && kind === "value") {
    const flash = await box("flash").open(text, verifier.now);
    if (flash !== "tampered") return { finding: holding({ ...found, kind: "flash" }, flash, verifier) };
  }
  return openSession(found, opened, verifier);
}

function openSession(finding: Finding, opened: Opened | RejectionReason, { reveal }: Verifier): Judged {
  if (typeof opened === "string") return { finding: refused(finding, opened) };
  const payload = readPayload(opened.plaintext);
  if (!payload) {
    return { finding: { ...refused(finding, "malformed"), remark: "it is authentic, but does not hold a session" } };
  }
  const { kid, expiry } = opened;
  const authentic: Authentic = {
    ...payload,
    kid,
    expiry,
    chars: finding.text.length,
    chunks: finding.carriers.length,
  };
  const actual = kindOf(payload.sealed) === "user" ? "session" : "guest";
  const whole = {
    ...finding,
    kind: finding.kind === "value" ? actual : finding.kind,
    ...dataOf(payload.parsed, opened.plaintext, reveal),
  };
  if (whole.kind === actual) return { finding: whole, authentic };
  return { finding: refused(whole, "misplaced"), authentic };
}

/** A token that is nothing but data and an expiry. */
function holding(finding: Finding, opened: Opened | RejectionReason, { now, reveal }: Verifier): Finding {
  if (typeof opened === "string") return refused(finding, opened);
  const { plaintext, expiry } = opened;
  return {
    ...(now > expiry ? refused(finding, "expired") : { ...finding, verdict: "accepted" }),
    expiry,
    // A codec's text need not be JSON.
    ...dataOf(parseStrict(plaintext)?.value, plaintext, reveal),
  };
}

function refused(finding: Finding, reason: RejectionReason): Finding {
  return { ...finding, verdict: "refused", reason };
}
