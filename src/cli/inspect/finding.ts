import type { RejectionReason } from "../../errors.js";
import type { KeyState } from "../../keyring/key.js";
import type { Generations } from "../../revocation/store.js";
import type { Role } from "./names.js";

/** One of the cookies that carry something. */
interface Carrier {
  readonly name: string;
  /** Name and value, or the whole `Set-Cookie` line. */
  readonly bytes: number;
}

/**
 * What it is. `chunk`: a part of a token whose other parts are missing. `sealer`: a token of `createSealer`. `value`: a
 * bare token of which nothing says which cookie's it is.
 */
export type FindingKind = Role | "chunk" | "sealer" | "value";

/** A key that a cookie names, and what the ring says of it; `unknown` where the ring does not hold it. */
export interface NamedKey {
  readonly id: string;
  readonly state?: KeyState | "unknown";
}

/** A session as an authentic token tells it. Times are ms since the Unix epoch. */
export interface SessionFacts {
  /** Masked. */
  readonly id: string;
  readonly subject: string | undefined;
  readonly issuedAt: number;
  readonly renewedAt: number;
  /** Whether a `.seen` cookie renewed it last. */
  readonly renewedBySeen: boolean;
  readonly idleDeadline: number;
  readonly absoluteDeadline: number;
  /** The idle timeout that the login chose, in ms. */
  readonly ownIdleTimeout: number | undefined;
  /** Whether the login chose that the cookie outlives the window. */
  readonly persistent: boolean | undefined;
  readonly lineage: readonly NamedKey[];
  readonly generations: Generations;
  readonly schemaVersion: number;
}

/** One thing that was found: a token, whole or in parts, or a `.seen` cookie. */
export interface Finding {
  readonly kind: FindingKind;
  /** What all cookies of its manager begin with; empty where there is no name. */
  readonly base: string;
  /** The manager's name, for which the keys are derived; `undefined` where nothing tells it. */
  readonly name: string | undefined;
  readonly carriers: readonly Carrier[];
  /** The token, or the cookie's value. */
  readonly text: string;
  /** What is wrong with its form. */
  readonly problem?: string;
  readonly key?: NamedKey;
  /** When it says it ends, and (`.seen`) was renewed; ms. Anybody can write that. */
  readonly claimed?: { readonly until: number; readonly renewedAt?: number };
  readonly verdict: "unverified" | "accepted" | "refused";
  readonly reason?: RejectionReason;
  /** The verdict in words, where the reason alone says too little. */
  readonly remark?: string;
  readonly session?: SessionFacts;
  /** When a message or a sealer's token ends, once it is known to be authentic; ms. */
  readonly expiry?: number;
  /** What it holds: bytes of JSON. */
  readonly dataBytes?: number;
  /** Only where it was asked for. */
  readonly data?: unknown;
}
