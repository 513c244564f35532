import { createBox } from "../../seal/box.js";
import type { Authentic } from "../../session/authentic.js";
import { latest, type Renewal } from "../../session/lifetimes.js";
import { maskSid } from "../../session/payload.js";
import { parseSeen, readSeen } from "../../session/seen.js";
import type { Finding } from "./finding.js";
import type { Judged } from "./sessions.js";
import type { Verifier } from "./verifier.js";

/** What the `.seen` cookies beside a session prove of it. */
export async function renewalOf(
  { sealed }: Authentic,
  base: string,
  findings: readonly Finding[],
  verifier: Verifier,
): Promise<Renewal | undefined> {
  const beside = findings.filter((finding) => finding.kind === "seen" && finding.base === base);
  return read(
    sealed.sid,
    beside.map(({ text }) => text),
    beside[0]?.name ?? "",
    verifier,
  );
}

/** Whether a `.seen` cookie renews one of the sessions beside it. */
export async function judgeSeen(finding: Finding, opened: readonly Judged[], verifier: Verifier): Promise<Finding> {
  if (finding.verdict === "refused") return finding;
  const beside = opened.flatMap(({ finding: other, authentic }) =>
    authentic && other.base === finding.base ? authentic : [],
  );
  if (beside.length === 0) {
    return { ...finding, remark: "its MAC covers the session's id: it can be verified only beside its session" };
  }
  for (const { sealed } of beside) {
    const renewal = await read(sealed.sid, [finding.text], finding.name ?? "", verifier);
    if (renewal) return { ...finding, verdict: "accepted", remark: `it renews the session ${maskSid(sealed.sid)}` };
  }
  return { ...finding, verdict: "refused", ...whyNot(finding, verifier) };
}

async function read(
  sid: string,
  values: readonly string[],
  name: string,
  { ring, now, skew }: Verifier,
): Promise<Renewal | undefined> {
  const seenBox = createBox(() => ring, "seen", name, false);
  return latest(await readSeen({ seenBox, settings: { skew } }, sid, values, now));
}

/** Session managers only ignore such a cookie; these are the reasons that they have for it. */
function whyNot({ text, key }: Finding, { now, skew }: Verifier): Pick<Finding, "reason" | "remark"> {
  if (key?.state === "unknown" || key?.state === "destroyed") return { reason: "unknown_key" };
  if (key?.state === "revoked") return { reason: "key_revoked" };
  if (key?.state === "retired") return { reason: "key_retired" };
  if (Number(parseSeen(text)?.ren) > now + skew) return { reason: "premature" };
  return { reason: "tampered", remark: "it belongs to another session, or was altered" };
}
