import type { KeyStatus, RevocationEntry, RevocationStats } from "sealed-session";
import { MAX_STALENESS, sessions } from "./session";

/** What the admin page shows of the keys and the list, at one instant. Times are ms since the Unix epoch. */
export interface Status {
  readonly now: number;
  /** The newest first. Their secrets are nowhere in it. */
  readonly keys: readonly KeyStatus[];
  readonly list: RevocationStats;
  /** In ms. */
  readonly maxStaleness: number;
  /** What was entered into the list last, the newest first. */
  readonly latest: readonly Entry[];
}

export interface Entry {
  readonly kind: RevocationEntry["kind"];
  /** A session's id is masked. */
  readonly name: string;
  readonly state?: string | undefined;
  readonly since: number;
  readonly until?: number | undefined;
}

const SHOWN = 8;

export async function readStatus(): Promise<Status> {
  const [keys, list, latest] = await Promise.all([sessions.keys(), sessions.revocations.stats(), readLatest()]);
  return { now: Date.now(), keys, list, maxStaleness: MAX_STALENESS, latest };
}

async function readLatest(): Promise<Entry[]> {
  const last: RevocationEntry[] = [];
  for await (const entry of sessions.revocations.list()) {
    last.push(entry);
    if (last.length > SHOWN) last.shift();
  }
  return last.reverse().map(({ kind, name, state, since, until }) => {
    return { kind, name, state, since: since.getTime(), until: until?.getTime() };
  });
}
