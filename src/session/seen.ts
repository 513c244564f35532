import { isCanonicalBase64url } from "../base64url.js";
import type { Engine } from "./engine.js";
import type { Renewal } from "./lifetimes.js";

/*
 * seen = ren "." deadline "." kid "." mac
 *
 * Times in decimal ms since the Unix epoch. The MAC (purpose "seen") is over `sid "." ren "." deadline "." kid`, so
 * the cookie says nothing about any other session. It is signed, not encrypted: it holds nothing but two times.
 */
const SEEN = /^(?<ren>[1-9]\d{0,15})\.(?<deadline>[1-9]\d{0,15})\.(?<kid>\w{1,32})\.(?<mac>[\w-]{43})$/;

/** A `.seen` cookie's parts, as text. */
interface SeenParts {
  readonly ren: string;
  readonly deadline: string;
  readonly kid: string;
  readonly mac: string;
}

/** What reading one takes of an engine. */
interface SeenReader extends Pick<Engine, "seenBox"> {
  readonly settings: Pick<Engine["settings"], "skew">;
}

/** The `.seen` cookie's value for a renewal. */
export async function writeSeen(engine: Engine, sid: string, renewal: Renewal): Promise<string> {
  const key = engine.ring.sealing(renewal.ren);
  const value = `${renewal.ren}.${renewal.deadline}.${key.id}`;
  return `${value}.${await engine.seenBox.sign(`${sid}.${value}`, key)}`;
}

/** Splits a `.seen` cookie; `undefined` where it departs from the grammar. Proves nothing. */
export function parseSeen(value: string): SeenParts | undefined {
  const parts = SEEN.exec(value)?.groups as SeenParts | undefined;
  return parts && isCanonicalBase64url(parts.mac) ? parts : undefined;
}

/** The renewals that the authentic `.seen` cookies of this session prove. */
export async function readSeen(
  engine: SeenReader,
  sid: string,
  values: readonly string[],
  now: number,
): Promise<Renewal[]> {
  const renewals: Renewal[] = [];
  for (const value of values) {
    const parts = parseSeen(value);
    if (!parts) continue;
    const { ren, deadline, kid, mac } = parts;
    const renewal = { ren: Number(ren), deadline: Number(deadline), kid };
    if (renewal.ren > now + engine.settings.skew) continue;
    const refused = await engine.seenBox.verify(kid, `${sid}.${ren}.${deadline}.${kid}`, mac, now);
    if (refused === undefined) renewals.push(renewal);
  }
  return renewals;
}
