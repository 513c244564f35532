import { chunkLabel } from "../../cookies/chunks.js";
import { readCookies } from "../../cookies/header.js";
import { parseToken } from "../../seal/token.js";
import { parseSeen } from "../../session/seen.js";
import { assemble, type Cookies, type Pair } from "./chunks.js";
import type { Finding, FindingKind } from "./finding.js";
import { tokenProblem } from "./malformed.js";
import { type OwnName, readName } from "./names.js";
import type { Pasted } from "./pasted.js";

/** What can be said without a key. */
export interface Looked {
  readonly findings: readonly Finding[];
  /** Names of cookies that are none of ours. */
  readonly others: readonly string[];
}

/** What says whose cookies or tokens they are. */
export interface LookOptions {
  readonly name?: OwnName | undefined;
  readonly purpose?: string | undefined;
}

/** A manager, as its cookies name it. */
type Manager = Pick<Finding, "base" | "name">;

/** Tokens of sealers belong to no manager, and their keys are derived for no cookie. */
const NO_COOKIE: Manager = { base: "", name: "" };
const TOKEN_START = "Fe26.";

/** Finds the sessions, renewals, messages and tokens in what was pasted. Nothing of it is verified. */
export function look(pasted: Pasted, { name, purpose }: LookOptions): Looked {
  if (pasted.form === "value") return { findings: lookAtValue(pasted.text, name, purpose), others: [] };
  const cookies = readCookies(pasted.text, () => true);
  const findings =
    purpose === undefined
      ? managersOf(cookies, name).flatMap((manager) => lookAtManager(manager, cookies))
      : [...cookies].flatMap(([cookie, values]) =>
          values.filter(isTokenLike).map((token) => tokenFinding("sealer", NO_COOKIE, token, [[cookie, token]])),
        );
  const taken = new Set(findings.flatMap(({ carriers }) => carriers.map((carrier) => carrier.name)));
  return {
    findings: findings.map((found) => ({
      ...found,
      carriers: found.carriers.map(({ name: cookie, bytes }) => ({
        name: cookie,
        bytes: pasted.lineBytes.get(cookie) ?? bytes,
      })),
    })),
    others: [...cookies.keys()].filter((cookie) => !taken.has(cookie)),
  };
}

function lookAtValue(text: string, name: OwnName | undefined, purpose: string | undefined): Finding[] {
  const parts: Pair[] = [["", text]];
  if (purpose !== undefined) return [tokenFinding("sealer", NO_COOKIE, text, parts)];
  const manager = { base: name?.base ?? "", name: name?.name };
  if (name?.role === "seen" || (name?.role === undefined && parseSeen(text))) {
    return [seenFinding(manager, text, parts)];
  }
  if (!name && !isTokenLike(text)) return [];
  // "app" names the manager, and the value may be any of its cookies'; "__Host-app" is a cookie.
  const kind = name?.role ?? (name && name.base !== name.name ? "session" : "value");
  return [tokenFinding(kind, manager, text, parts)];
}

/** The managers whose cookies these are. A name alone proves nothing, any cookie has one; so a value has to look right. */
function managersOf(cookies: Cookies, only: OwnName | undefined): Manager[] {
  const found = new Map<string, Manager>();
  for (const [cookie, values] of cookies) {
    const own = readName(cookie);
    if (!own || (only && own.name !== only.name)) continue;
    if (only || values.some((value) => looksRight(own, cookie, value))) found.set(own.base, own);
  }
  return Array.from(found.values(), ({ base, name }) => ({ base, name }));
}

function looksRight({ role, chunk }: OwnName, cookie: string, value: string): boolean {
  if (role === "seen") return parseSeen(value) !== undefined;
  if (!chunk) return isTokenLike(value);
  const label = chunkLabel(value);
  return label !== undefined && (!cookie.endsWith(".0") || isTokenLike(value.slice(label.length)));
}

function isTokenLike(value: string): boolean {
  return value.startsWith(TOKEN_START);
}

function lookAtManager(manager: Manager, cookies: Cookies): Finding[] {
  const { base } = manager;
  const sessions = (["session", "guest"] as const).flatMap((kind) => {
    const { tokens, rest } = assemble(kind === "guest" ? `${base}.guest` : base, cookies);
    return [
      ...tokens.map(({ token, parts }) => tokenFinding(kind, manager, token, parts)),
      ...rest.map(({ pair, problem }) => finding("chunk", manager, pair[1], [pair], problem)),
    ];
  });
  const each = (suffix: string, make: (value: string, pair: Pair) => Finding): Finding[] =>
    (cookies.get(base + suffix) ?? []).map((value) => make(value, [base + suffix, value]));
  return [
    ...sessions,
    ...each(".seen", (value, pair) => seenFinding(manager, value, [pair])),
    ...each(".flash", (value, pair) => tokenFinding("flash", manager, value, [pair])),
  ];
}

function tokenFinding(kind: FindingKind, manager: Manager, token: string, parts: readonly Pair[]): Finding {
  const read = parseToken(token);
  return {
    ...finding(kind, manager, token, parts, tokenProblem(token)),
    ...(read && { key: { id: read.kid }, claimed: { until: read.expiry } }),
  };
}

function seenFinding(manager: Manager, value: string, parts: readonly Pair[]): Finding {
  const read = parseSeen(value);
  if (!read) {
    return finding("seen", manager, value, parts, "it is not two times, a key id and a MAC with dots between them");
  }
  const claimed = { until: Number(read.deadline), renewedAt: Number(read.ren) };
  return { ...finding("seen", manager, value, parts), key: { id: read.kid }, claimed };
}

/** @param problem what is wrong with its form, for which no key is needed */
function finding(kind: FindingKind, manager: Manager, text: string, parts: readonly Pair[], problem?: string): Finding {
  const carriers = parts.map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(name === "" ? value : `${name}=${value}`),
  }));
  const found = { kind, ...manager, carriers, text };
  return problem === undefined
    ? { ...found, verdict: "unverified" }
    : { ...found, verdict: "refused", reason: "malformed", problem };
}
