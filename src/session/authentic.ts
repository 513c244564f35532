import { type JoinedToken, joinTokens } from "../cookies/chunks.js";
import type { CookieJar } from "../cookies/jar.js";
import type { RejectionReason } from "../errors.js";
import { andThen, type MaybePromise } from "../maybe-promise.js";
import type { Opened } from "../seal/token-keys.js";
import { type Adopted, findAdopted } from "./adopt.js";
import { type Engine, type Kind, kindOf } from "./engine.js";
import { type Payload, readPayload, type Sealed } from "./payload.js";
import { isObject } from "./schema.js";

/** The request's cookies of this manager: every value, by name. */
export type Cookies = ReadonlyMap<string, readonly string[]>;

/** A session as an authentic token tells it; not yet known to be alive. */
export interface Authentic {
  readonly sealed: Sealed;
  /** The data's JSON as it stands in the token, where they come last in it; else the data are parsed. */
  readonly json?: string | undefined;
  /** The data as parsed for this request, where they had to be. */
  readonly parsed?: unknown;
  readonly kid: string;
  /** The token's own expiry, in ms since the Unix epoch. */
  readonly expiry: number;
  /** Characters of the token. */
  readonly chars: number;
  /** How many cookies carry it. */
  readonly chunks: number;
}

/**
 * Opens every value of one of the two session cookies. Values of one session (duplicates) count as the one that was
 * sealed last.
 *
 * @param rejected told of each value that is not authentic
 */
export async function readAuthentic(
  engine: Engine,
  tokens: readonly JoinedToken[],
  kind: Kind,
  now: number,
  rejected: (reason: RejectionReason) => void,
): Promise<Authentic[]> {
  const bySid = new Map<string, Authentic>();
  for (const joined of tokens) {
    const found = await openToken(engine, joined, now);
    if (typeof found === "string") {
      rejected(found);
      continue;
    }
    // A session in the other kind's place is refused: else what a request that began before a login saves as a guest
    // could overwrite the login.
    if (kindOf(found.sealed) !== kind) {
      rejected("misplaced");
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
  const opened = await Promise.all(tokens.map(async (joined) => openToken(engine, joined, now)));
  const adopted = await findAdopted(engine, jar, now);
  const carried = opened.flatMap((found) => (typeof found === "string" ? [] : found.sealed));
  return { carried: adopted ? [...carried, adopted.sealed] : carried, adopted };
}

function openToken(
  engine: Engine,
  { token, chunks }: JoinedToken,
  now: number,
): MaybePromise<Authentic | RejectionReason> {
  return andThen(engine.sessionBox.open(token, now), (opened) => {
    if (typeof opened === "string") return opened;
    const payload = payloadOf(opened);
    if (!payload) return "malformed";
    const { sealed, json, parsed } = payload;
    return { sealed, json, parsed, kid: opened.kid, expiry: opened.expiry, chars: token.length, chunks };
  });
}

/** What stays with a token that the box remembers: everything but the data, since each session has its own to change. */
type Reading = Pick<Payload, "sealed" | "json"> & { readonly parsed?: undefined };

function payloadOf(opened: Opened): Payload | Reading | undefined {
  if (opened.reading) return opened.reading as Reading;
  const payload = readPayload(opened.plaintext);
  if (payload?.json !== undefined && isObject(payload.parsed)) {
    const reading: Reading = { sealed: payload.sealed, json: payload.json };
    opened.reading = reading;
  }
  return payload;
}

function sealedAt({ sealed }: Authentic): number {
  return sealed.iat + sealed.ren * 1_000;
}
