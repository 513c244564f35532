import { check } from "../checker/check.mjs";
import type { Operation } from "../checker/history.mjs";

type Told = Partial<Operation> & Pick<Operation, "kind" | "invoke" | "complete">;

/** What was promised: the bound of the replicas, and how far their clocks may be off. In ms. */
export const BOUNDS = { maxStaleness: 1_000, maxOffset: 600_000 };

/** A login of Ann's that begins session `a`, or another one. */
export const login = (invoke: number, session = "a", more: Partial<Operation> = {}): Told => ({
  kind: "login",
  invoke,
  complete: invoke + 10,
  subject: "ann",
  left: { session, subject: more.subject ?? "ann" },
  ...more,
});

export const begin = (invoke: number, session: string): Told => ({
  kind: "begin",
  invoke,
  complete: invoke + 10,
  left: { session },
});

/** `from` gets a new id. */
export const regenerate = (invoke: number, from: string, to: string, more: Partial<Operation> = {}): Told => ({
  kind: "regenerate",
  invoke,
  complete: invoke + 10,
  session: from,
  opened: "accepted",
  left: { session: to, subject: "ann" },
  ...more,
});

/** A request that is let in. */
export const accepted = (invoke: number, session = "a", more: Partial<Operation> = {}): Told => ({
  kind: "visit",
  invoke,
  complete: invoke + 5,
  session,
  opened: "accepted",
  seen: session,
  ...more,
});

/** A request that is not. */
export const refused = (invoke: number, reason: string, session = "a", more: Partial<Operation> = {}): Told => ({
  kind: "visit",
  invoke,
  complete: invoke + 5,
  session,
  opened: reason,
  result: reason,
  ...more,
});

/** Somebody's sign-out, through the replica `away` that no visitor uses. */
export const revoke = (kind: Operation["kind"], invoke: number, more: Partial<Operation> = {}): Told => ({
  kind,
  invoke,
  complete: invoke + 10,
  at: "away",
  by: "admin",
  ...(kind === "revokeSubject" && { subject: "ann" }),
  ...(kind === "revokeSession" && { target: "a" }),
  ...more,
});

/** What the checker says of a story: the property and what is wrong, a line each. */
export function judge(told: readonly Told[], settled: readonly number[] = []): string[] {
  const operations = told.map((operation, index) => ({
    op: index + 1,
    by: "somebody",
    at: "here",
    result: "ok",
    ...operation,
  }));
  return check({ bounds: BOUNDS, operations, settled }).map(({ property, message }) => `${property}: ${message}`);
}
