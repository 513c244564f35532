import { type JoinedToken, joinTokens } from "../cookies/chunks.js";
import type { CookieJar } from "../cookies/jar.js";
import type { RejectionReason } from "../errors.js";
import { type Adopted, findAdopted } from "./adopt.js";
import { openData, type OpenedData } from "./data.js";
import { type Engine, type Kind, kindOf, limitsOf } from "./engine.js";
import { type Deadlines, deadlines, latest, overdue, type Renewal } from "./lifetimes.js";
import { maskSid, readPayload, type Sealed } from "./payload.js";
import { readSeen } from "./seen.js";

/** The request's cookies of this manager: every value, by name. */
export type Cookies = ReadonlyMap<string, readonly string[]>;

/** A session as an authentic token tells it; not yet known to be alive. */
export interface Authentic {
  readonly sealed: Sealed;
  readonly data: unknown;
  readonly kid: string;
  /** The token's own expiry, in ms since the Unix epoch. */
  readonly expiry: number;
  /** Characters of the token. */
  readonly chars: number;
  /** How many cookies carry it. */
  readonly chunks: number;
}

/** A live session, and the instants until which it lives. */
export interface Live extends Authentic {
  readonly renewals: readonly Renewal[];
  readonly deadlines: Deadlines;
}

/**
 * Opens every value of one of the two session cookies. Values of one session (duplicates) count as the one that was
 * sealed last.
 *
 * @param rejected told of each value that is not authentic
 */
async function readAuthentic(
  engine: Engine,
  cookies: Cookies,
  kind: Kind,
  now: number,
  rejected: (reason: RejectionReason) => void,
): Promise<Authentic[]> {
  const bySid = new Map<string, Authentic>();
  for (const joined of joinTokens(engine.names[kind], cookies)) {
    const found = await openToken(engine, joined, now);
    // A session in the other kind's place is refused: else what a request that began before a login saves as a guest
    // could overwrite the login.
    const refused = typeof found === "string" ? found : kindOf(found.sealed) === kind ? undefined : "misplaced";
    if (typeof found === "string" || refused) {
      rejected(refused as RejectionReason);
      continue;
    }
    const known = bySid.get(found.sealed.sid);
    if (!known || sealedAt(found) > sealedAt(known)) bySid.set(found.sealed.sid, found);
  }
  return [...bySid.values()];
}

/**
 * Every authentic session that a request carried, alive or not, wherever it stood, those of another library too: what a
 * login or a logout ends.
 */
export async function readEverySession(
  engine: Engine,
  jar: CookieJar,
  cookies: Cookies,
  now: number,
): Promise<{ readonly carried: Sealed[]; readonly adopted: Adopted | undefined }> {
  const tokens = [...joinTokens(engine.names.user, cookies), ...joinTokens(engine.names.guest, cookies)];
  const opened = await Promise.all(tokens.map((joined) => openToken(engine, joined, now)));
  const adopted = await findAdopted(engine, jar, now);
  const carried = opened.flatMap((found) => (typeof found === "string" ? [] : found.sealed));
  return { carried: adopted ? [...carried, adopted.sealed] : carried, adopted };
}

async function openToken(
  engine: Engine,
  { token, chunks }: JoinedToken,
  now: number,
): Promise<Authentic | RejectionReason> {
  const opened = await engine.sessionBox.open(token, now);
  if (typeof opened === "string") return opened;
  const payload = readPayload(opened.plaintext);
  if (!payload) return "malformed";
  return { ...payload, kid: opened.kid, expiry: opened.expiry, chars: token.length, chunks };
}

function sealedAt({ sealed }: Authentic): number {
  return sealed.iat + sealed.ren * 1_000;
}

/** The keys that a session's data came through, the one that sealed it last included. */
export function lineageOf({ sealed, kid }: Authentic): string[] {
  return [...new Set([...sealed.kids, kid])];
}

/** Whether one of the keys that a session's data came through is revoked in the ring of the moment. */
export function isCompromised({ ring }: Engine, session: Authentic): boolean {
  return lineageOf(session).some((id) => ring.find(id)?.revokedAt !== undefined);
}

/**
 * Whether a session is alive at `now`: its keys, its deadlines, and the revocation list.
 *
 * @throws RevocationUnavailableError when the list does not answer
 */
export async function judge(
  engine: Engine,
  session: Authentic,
  renewals: readonly Renewal[],
  now: number,
): Promise<Live | RejectionReason> {
  const { sealed } = session;
  const keys = lineageOf(session);
  if (isCompromised(engine, session)) return "key_revoked";
  const deadlinesWith = (list: readonly Renewal[]): Deadlines =>
    deadlines(sealed, session.expiry, latest(list), limitsOf(engine, sealed));
  const over = overdue(sealed, deadlinesWith(renewals), now, engine.settings.skew);
  if (over) return over;
  const signers = renewals.flatMap(({ kid }) => kid ?? []);
  const facts = await engine.gate.check({
    sid: sealed.sid,
    subject: sealed.sub,
    keys: [...new Set([...keys, ...signers])],
  });
  if (facts) {
    // "superseded" before the generations: after revokeOthers() a request of the very browser that asked for it is
    // told to try again, and with any other the next answer is "revoked".
    if (facts.session !== "live") return facts.session;
    if (facts.generations.all > sealed.gen.all || facts.generations.subject > sealed.gen.subject) return "revoked";
    if (facts.revokedKeys.some((id) => keys.includes(id))) return "key_revoked";
  }
  // Again: the ring may have changed while the list was asked.
  if (isCompromised(engine, session)) return "key_revoked";
  // The ring of a server that was rolled back does not know which keys were revoked; the list does.
  const genuine = renewals.filter(({ kid = "" }) => !facts?.revokedKeys.includes(kid));
  const instants = deadlinesWith(genuine);
  return overdue(sealed, instants, now, engine.settings.skew) ?? { ...session, renewals: genuine, deadlines: instants };
}

/** What a request's cookies come to. */
export interface Verdict {
  readonly session: (Live & { readonly opened: OpenedData }) | undefined;
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
    if (!verdict.session) continue;
    const opened = await openData(engine, verdict.session);
    if (opened) return { session: { ...verdict.session, opened }, rejection };
    // Like any other cookie that cannot be used, it must not hide the visitor's other one.
    rejectSession(engine, verdict.session.sealed, "schema");
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
  const judged = await judge(engine, adopted, [], now);
  const opened = typeof judged === "string" ? undefined : await openData(engine, judged);
  if (typeof judged === "object" && opened) {
    return { session: { ...judged, opened }, rejection: undefined, clear: adopted.clear };
  }
  const rejection = typeof judged === "string" ? judged : "schema";
  rejectSession(engine, adopted.sealed, rejection);
  return { session: undefined, rejection };
}

async function findOfKind(
  engine: Engine,
  cookies: Cookies,
  kind: Kind,
  now: number,
): Promise<{ readonly session: Live | undefined; readonly rejection: RejectionReason | undefined }> {
  let unauthentic: RejectionReason | undefined;
  let dead: RejectionReason | undefined;
  const live: Live[] = [];
  const authentic = await readAuthentic(engine, cookies, kind, now, (reason) => {
    unauthentic ??= reason;
    engine.emit("rejected", { reason });
  });
  for (const session of authentic) {
    const renewals = await readSeen(engine, session.sealed.sid, cookies.get(engine.names.seen) ?? [], now);
    const judged = await judge(engine, session, renewals, now);
    if (typeof judged !== "string") {
      live.push(judged);
      continue;
    }
    dead ??= judged;
    rejectSession(engine, session.sealed, judged);
  }
  if (live.length === 1) return { session: live[0], rejection: undefined };
  if (live.length > 1) {
    for (const { sealed } of live) rejectSession(engine, sealed, "ambiguous");
    return { session: undefined, rejection: "ambiguous" };
  }
  return { session: undefined, rejection: dead ?? unauthentic };
}

/** Tells the listeners that an authentic session was not accepted. */
export function rejectSession(engine: Engine, sealed: Sealed, reason: RejectionReason): void {
  engine.emit("rejected", {
    reason,
    session: maskSid(sealed.sid),
    ...(sealed.sub !== undefined && { subject: sealed.sub }),
  });
}
