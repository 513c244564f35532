import { joinTokens } from "../cookies/chunks.js";
import type { CookieJar } from "../cookies/jar.js";
import type { RejectionReason } from "../errors.js";
import { findAdopted } from "./adopt.js";
import { type Cookies, readAuthentic } from "./authentic.js";
import { openData, type OpenedData } from "./data.js";
import type { Engine, Kind } from "./engine.js";
import { judge, type Live, rejectSession } from "./judge.js";
import { readSeen } from "./seen.js";

/** What a request's cookies come to. */
export interface Verdict {
  readonly session: { readonly live: Live; readonly opened: OpenedData } | undefined;
  /** Why a cookie that came was not used (with a guest's session: the signed-in one): the most telling reason. */
  readonly rejection: RejectionReason | undefined;
}

/**
 * Finds the one live session among a request's cookies: the signed-in one, else the guest's. Two live ones of a kind
 * make the request anonymous, since nothing says which of them is the visitor's.
 *
 * @throws RevocationUnavailableError when the revocation list does not answer
 */
export async function findSession(engine: Engine, cookies: Cookies, now: number): Promise<Verdict> {
  let rejection: RejectionReason | undefined;
  for (const kind of ["user", "guest"] as const) {
    const verdict = await findOfKind(engine, cookies, kind, now);
    rejection ??= verdict.rejection;
    const { live } = verdict;
    if (!live) continue;
    const opened = await openData(engine, live);
    if (opened) return { session: { live, opened }, rejection };
    // Like any other cookie that cannot be used, it must not hide the visitor's other one.
    rejectSession(engine, live.sealed, "schema");
    rejection ??= "schema";
  }
  return { session: undefined, rejection };
}

/** As `findSession`, for a session of another library. */
export async function findAdoptedSession(
  engine: Engine,
  jar: CookieJar,
  now: number,
): Promise<Verdict & { readonly clear?: () => void }> {
  const adopted = await findAdopted(engine, jar, now);
  if (!adopted) return { session: undefined, rejection: undefined };
  const refused = (rejection: RejectionReason): Verdict => {
    rejectSession(engine, adopted.sealed, rejection);
    return { session: undefined, rejection };
  };
  const live = await judge(engine, adopted, [], now);
  if (typeof live === "string") return refused(live);
  const opened = await openData(engine, live);
  if (!opened) return refused("schema");
  return { session: { live, opened }, rejection: undefined, clear: adopted.clear };
}

interface VerdictOfKind {
  readonly live: Live | undefined;
  readonly rejection: RejectionReason | undefined;
}

const NONE: VerdictOfKind = { live: undefined, rejection: undefined };

async function findOfKind(engine: Engine, cookies: Cookies, kind: Kind, now: number): Promise<VerdictOfKind> {
  const tokens = joinTokens(engine.names[kind], cookies);
  if (tokens.length === 0) return NONE;
  let unauthentic: RejectionReason | undefined;
  let dead: RejectionReason | undefined;
  const live: Live[] = [];
  const authentic = await readAuthentic(engine, tokens, kind, now, (reason) => {
    unauthentic ??= reason;
    engine.emit("rejected", { reason });
  });
  for (const session of authentic) {
    const seen = cookies.get(engine.names.seen);
    const renewals = seen ? await readSeen(engine, session.sealed.sid, seen, now) : [];
    const judged = await judge(engine, session, renewals, now);
    if (typeof judged !== "string") {
      live.push(judged);
      continue;
    }
    dead ??= judged;
    rejectSession(engine, session.sealed, judged);
  }
  if (live.length === 1) return { live: live[0], rejection: undefined };
  if (live.length > 1) {
    for (const { sealed } of live) rejectSession(engine, sealed, "ambiguous");
    return { live: undefined, rejection: "ambiguous" };
  }
  return { live: undefined, rejection: dead ?? unauthentic };
}
