import { MAX_COOKIE_BYTES, MAX_TOTAL_BYTES } from "../../cookies/chunks.js";
import { formatDuration } from "../../duration.js";
import type { KeyState } from "../../keyring/key.js";
import type { Terminal } from "../output/terminal.js";
import { printable } from "../output/printable.js";
import type { Finding, FindingKind, NamedKey, SessionFacts } from "./finding.js";
import { bytesOf, instant, reasonInWords } from "./words.js";

type Row = readonly [label: string, value: string];

/** What rows are written with. */
export interface Style {
  readonly now: number;
  readonly purpose: string | undefined;
  readonly hasRing: boolean;
  /** Whether sizes are those of whole `Set-Cookie` lines. */
  readonly withAttributes: boolean;
  readonly paint: Terminal["paint"];
}

const KEY_COLOURS = {
  pending: "cyan",
  active: "green",
  retiring: "yellow",
  retired: "red",
  revoked: "red",
  destroyed: "red",
  unknown: "red",
} as const satisfies Record<KeyState | "unknown", string>;

/** What a live session is, as far as cookies tell. */
const ALIVE = "authentic, and within its deadlines; alive, unless it was revoked";
const ACCEPTED: Partial<Record<FindingKind, string>> = { session: ALIVE, guest: ALIVE };

/** What is said of one finding, label by label. */
export function rowsOf(finding: Finding, style: Style): Row[] {
  const { kind, key, claimed, session, expiry, dataBytes } = finding;
  const proven = session !== undefined || expiry !== undefined || finding.verdict === "accepted";
  return [
    ["verdict", verdictInWords(finding, style)],
    ...(key ? [["key", keyInWords(key, style)] as const] : []),
    ...(session ? sessionRows(session, style) : []),
    ...(expiry === undefined ? [] : [["ends", instant(expiry, style.now)] as const]),
    ...(claimed && (!proven || kind === "seen") ? claimedRows(finding, claimed, style) : []),
    ["size", sizeInWords(finding, style)],
    ...(dataBytes === undefined
      ? []
      : [["data", `${bytesOf(dataBytes)}${"data" in finding ? ":" : "; shown with --reveal"}`] as const]),
  ];
}

function verdictInWords(finding: Finding, { paint, purpose, hasRing }: Style): string {
  const { verdict, reason, kind, remark } = finding;
  if (verdict === "refused") return `${paint("red", `refused (${reason})`)}: ${reasonInWords(finding, purpose)}`;
  if (verdict === "accepted")
    return `${paint("green", "accepted")}: ${remark ?? ACCEPTED[kind] ?? "authentic, and in time"}`;
  const why = remark ?? (hasRing ? "nothing tells whose it is" : "there is no key to do it with");
  return `${paint("yellow", "not verified")}: ${why}`;
}

function keyInWords({ id, state }: NamedKey, { paint }: Style): string {
  return state === undefined ? id : `${id} ${paint(KEY_COLOURS[state], state)}`;
}

function claimedRows(
  { kind, verdict }: Finding,
  { until, renewedAt }: NonNullable<Finding["claimed"]>,
  { now, paint }: Style,
): Row[] {
  const mark = verdict === "accepted" ? "" : `  ${paint("yellow", "CLAIMED, not verified")}`;
  const label = kind === "session" || kind === "guest" || kind === "seen" ? "idle until" : "ends";
  return [
    ...(renewedAt === undefined ? [] : [["renewed", instant(renewedAt, now) + mark] as const]),
    [label, instant(until, now) + mark],
  ];
}

function sessionRows(session: SessionFacts, style: Style): Row[] {
  const { subject, generations, ownIdleTimeout, persistent, lineage } = session;
  const at = (ms: number): string => instant(ms, style.now);
  const login = [
    ...(ownIdleTimeout === undefined ? [] : [`own timeouts (idle ${formatDuration(ownIdleTimeout)})`]),
    ...(persistent === undefined
      ? []
      : [persistent ? "outlives the browser's window" : "ends with the browser's window"]),
  ];
  return [
    ["session", session.id],
    ["subject", subject === undefined ? "none, a guest" : printable(subject)],
    ["issued", at(session.issuedAt)],
    ["renewed", `${at(session.renewedAt)}${session.renewedBySeen ? ", by its .seen cookie" : ""}`],
    ["idle until", at(session.idleDeadline)],
    ["ends", at(session.absoluteDeadline)],
    ...(login.length > 0 ? [["login", login.join(", ")] as const] : []),
    ["lineage", lineage.map((key) => keyInWords(key, style)).join(", ")],
    ["generations", `all ${generations.all}${subject === undefined ? "" : `, subject ${generations.subject}`}`],
    ["schema", `version ${session.schemaVersion}`],
  ];
}

function sizeInWords({ kind, carriers }: Finding, { paint, withAttributes }: Style): string {
  const sizes = carriers.map(({ bytes }) => bytes);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const limit = (size: number, most: number): string =>
    `${size > most ? paint("red", "more than") : "of"} the ${most.toLocaleString("en-US")}`;
  const counted = withAttributes ? "" : "without attributes, ";
  // A sealer's token is no cookie, unless an application makes one of it.
  if (kind === "sealer" || kind === "value") return bytesOf(total);
  if (carriers.length === 1)
    return `${bytesOf(total)} ${counted}${limit(total, MAX_COOKIE_BYTES)} that a browser takes`;
  const each = sizes.map((size) => size.toLocaleString("en-US")).join(" + ");
  return `${each} bytes ${counted}${limit(Math.max(...sizes), MAX_COOKIE_BYTES)} each, ${total.toLocaleString("en-US")} ${limit(total, MAX_TOTAL_BYTES)} in all`;
}
