import assert from "node:assert/strict";
import type { Live, TokenFacts } from "./facts.js";
import { isRetired } from "./keys.js";
import { chunkNames, type Deployment, type Model, type Names } from "./model.js";

export type CookieMap = ReadonlyMap<string, readonly string[]>;

/** A longer header is refused unread. */
export const MAX_HEADER_CHARS = 65_536;

/** The cookies of a header that carry one of the names, empty ones left out. */
export function readHeader(header: string, names: Names): CookieMap {
  const own = new Set([...Object.values(names), ...chunkNames(names.user), ...chunkNames(names.guest)]);
  const cookies = new Map<string, string[]>();
  if (header.length > MAX_HEADER_CHARS) return cookies;
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)].map((text) =>
      text.replace(/^[ \t]+|[ \t]+$/g, ""),
    );
    if (equals < 0 || !name || !value || !own.has(name)) continue;
    const values = cookies.get(name) ?? [];
    if (!values.includes(value)) cookies.set(name, [...values, value]);
  }
  return cookies;
}

/** Every authentic session that a header carries, wherever it stands: what a login or a logout ends. */
export function carried(model: Model, deployment: Deployment, cookies: CookieMap): TokenFacts[] {
  const tokens = [model.names.user, model.names.guest].flatMap((base) => model.tokensUnder(base, cookies));
  return tokens.filter((token) => model.opens(token.sealedBy, deployment));
}

/**
 * Which session a request with these cookies must get: `undefined` for none. More than one answer only where two
 * writings of one session fell into the same second, so that nothing tells which of them was the last.
 */
export function verdicts(model: Model, deployment: Deployment, cookies: CookieMap): (Live | undefined)[] {
  const users = ofKind(model, deployment, cookies, "user");
  const guests = users.includes(undefined) ? ofKind(model, deployment, cookies, "guest") : [];
  return [...users.filter((found) => found !== undefined), ...guests];
}

function ofKind(
  model: Model,
  deployment: Deployment,
  cookies: CookieMap,
  kind: "user" | "guest",
): (Live | undefined)[] {
  const tokens = model.tokensUnder(model.names[kind], cookies).filter((token) => token.kind === kind);
  for (const token of tokens) assertNotRetiredAlive(model, deployment, token);
  const opening = tokens.filter((token) => model.opens(token.sealedBy, deployment));
  const sids = new Set(opening.map(({ session }) => session.sid));
  const choices = [...sids].map((sid) =>
    ofSession(
      model,
      deployment,
      cookies,
      opening.filter(({ session }) => session.sid === sid),
    ),
  );
  const combinations = choices.reduce<(Live | undefined)[][]>(
    (rows, choice) => rows.flatMap((row) => choice.map((found) => [...row, found])),
    [[]],
  );
  return combinations.map((row) => {
    const live = row.filter((found) => found !== undefined);
    // Two live sessions: nothing says which of them is the visitor's.
    return live.length === 1 ? live[0] : undefined;
  });
}

/** The writing of one session that counts is the one sealed last; its idle deadline the later of its own and the renewal's. */
function ofSession(
  model: Model,
  deployment: Deployment,
  cookies: CookieMap,
  tokens: TokenFacts[],
): (Live | undefined)[] {
  const last = Math.max(...tokens.map(({ sealedAt }) => sealedAt));
  return tokens
    .filter(({ sealedAt }) => sealedAt === last)
    .flatMap((token) => {
      const seens = model.seensOf(token.session.sid, cookies, deployment);
      return (seens.length > 0 ? seens : [undefined]).map((seen) => {
        const live = model.live(token, seen, deployment);
        return model.refusals(live, deployment).length === 0 ? live : undefined;
      });
    });
}

/** I4: the operator keeps to the policy, so no key may be out of service while a cookie that it sealed is alive. */
function assertNotRetiredAlive(model: Model, deployment: Deployment, token: TokenFacts): void {
  const key = deployment.ring.find(({ id }) => id === token.sealedBy);
  if (!key || key.revokedAt !== undefined) return;
  if (key.secret !== undefined && !isRetired(deployment.ring, key, model.now)) return;
  const live = model.live(token, undefined, deployment);
  assert.notDeepEqual(model.refusals(live, deployment), [], `I4: key ${key.id} is out of service under a live cookie`);
}
