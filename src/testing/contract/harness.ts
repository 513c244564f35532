import type { RevocationStore } from "../../revocation/store.js";

/** A list made for one case, which nothing else uses. */
export interface ContractList {
  readonly store: RevocationStore;
  /** Another store on the same list, as another process would open it. */
  readonly another: () => Promise<RevocationStore> | RevocationStore;
  /** The store's clock, ms since the Unix epoch. */
  readonly now: () => Promise<number> | number;
  /** Moves the store's clock on by `ms`; waits as long where it cannot be moved. */
  readonly pass: (ms: number) => Promise<void> | void;
  /**
   * Loses the list: FLUSHALL, a dropped table, a deleted file. Left out for a store that ends with its process.
   */
  readonly lose?: () => Promise<void> | void;
  /** Stops whatever was started for it. */
  readonly close?: () => Promise<void> | void;
}

/** Tells the contract how to make lists, and how long its cases may take. */
export interface ContractHarness {
  readonly open: () => Promise<ContractList> | ContractList;
  /** A short while for this store, in ms: an hour where the clock can be moved, half a second where it cannot. */
  readonly unit: number;
  /** The skew that the stores are made with, in ms. Small where the clock cannot be moved. */
  readonly skew: number;
}

/** What a case works with. */
export interface CaseContext extends Omit<ContractHarness, "open">, Omit<ContractList, "close"> {
  /** A session id that no other case uses. */
  readonly sid: () => string;
}

/** One rule of the contract. Its function rejects where the store breaks it. */
export interface ContractCase {
  readonly name: string;
  readonly needs?: "lose" | "directory" | "watch";
  /** Whether it says itself how long entries live. Those of the others outlive the case, however slow the machine. */
  readonly announces?: true;
  readonly run: (context: CaseContext) => Promise<void>;
}

/** A session id as the library makes them: 128 random bits, base64url. */
export function randomSid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 22);
}
