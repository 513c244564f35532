import { DEFAULT_SKEW } from "../../clock.js";
import { viewRing } from "../../seal/ring-view.js";
import { CommandFailure } from "../exit.js";
import type { FoundRing } from "../ring-source.js";
import type { Finding } from "./finding.js";
import { look, type LookOptions } from "./look.js";
import { printable } from "../output/printable.js";
import { type Pasted, readPasted } from "./pasted.js";
import { verify } from "./verify.js";

/** What is looked at, and with what. */
export interface InspectOptions extends LookOptions {
  readonly ring?: FoundRing | undefined;
  readonly reveal?: boolean | undefined;
}

/** All that there is to say. */
export interface Report {
  readonly form: Pasted["form"];
  /** Bytes of all cookies together, as a browser would send them. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Names of cookies that `Set-Cookie` lines remove. */
  readonly removed: readonly string[];
  /** Names of cookies that are none of ours. */
  readonly others: readonly string[];
  readonly ring: FoundRing | undefined;
  readonly now: number;
  /** Whether every one of them would be accepted; `undefined` where one could not be verified. */
  readonly accepted: boolean | undefined;
}

/**
 * Inspects what was pasted. Nothing that it says makes this throw anything else:
 *
 * @throws CommandFailure when there is no cookie and no token of this package in it
 */
export async function inspect(text: string, options: InspectOptions, now: number): Promise<Report> {
  const pasted = readPasted(text);
  const { findings, others } = look(pasted, options);
  if (findings.length + pasted.removed.length === 0) throw nothingFound(others, options);
  const { ring, purpose, reveal = false } = options;
  const view = ring && (await viewRing(ring.keyring));
  const told = view
    ? await verify(findings, { ring: view, now, skew: view.policy?.skew ?? DEFAULT_SKEW, purpose, reveal })
    : findings;
  const { form, removed } = pasted;
  const bytes = Buffer.byteLength(pasted.text);
  return { form, bytes, findings: told, removed, others, ring, now, accepted: verdictOf(told) };
}

function verdictOf(findings: readonly Finding[]): boolean | undefined {
  if (findings.some(({ verdict }) => verdict === "refused")) return false;
  return findings.some(({ verdict }) => verdict === "unverified") ? undefined : true;
}

function nothingFound(others: readonly string[], { name, purpose }: LookOptions): CommandFailure {
  const what = purpose === undefined ? "cookie of a session manager" : "sealed token";
  const called = name ? ` called "${printable(name.name)}"` : "";
  return new CommandFailure(
    "usage",
    `There is no ${what}${called} in it${others.length > 0 ? `, only ${listOf(others)}` : ""}`,
    others.length > 0
      ? "Which of them is the session's? Say it with --name: the manager's name, or the cookie's"
      : "Give a cookie (name=value), a whole Cookie header, Set-Cookie lines, or a token that begins with Fe26.2",
  );
}

/** Names of cookies, as many as fit into a sentence. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => printable(name, 40));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
