import type { Config, Kind, Live, SeenFacts, SessionFacts, TokenFacts } from "./facts.js";
import { isRetired, isSound, newKey, POLICY, type RingModel, sealingKey } from "./keys.js";
import { Revocations } from "./revocations.js";
import type { RequestModel } from "./request-model.js";

/** One version of the application as it was put into service. */
export interface Deployment {
  readonly number: number;
  readonly config: Config;
  readonly ring: RingModel;
  /** When a newer one took its place; it serves for the policy's propagation time after that. */
  replacedAt: number | undefined;
}

/** What a session may live by in a deployment. */
export function limitsOf(config: Config, { ownIdle }: Pick<SessionFacts, "ownIdle">): Config["remember"] {
  if (ownIdle === undefined) return { idle: config.idle, absolute: config.absolute };
  return { idle: Math.min(config.remember.idle, ownIdle), absolute: config.remember.absolute };
}

/** The cookies' names. */
export interface Names {
  readonly user: string;
  readonly guest: string;
  readonly seen: string;
  readonly flash: string;
}

export function chunkNames(base: string): string[] {
  return [0, 1, 2, 3].map((index) => `${base}.${index}`);
}

/** Everything that must be true of the sessions, by what SECURITY.md promises alone. */
export class Model {
  readonly names: Names;
  readonly list = new Revocations();
  readonly deployments: Deployment[] = [];
  readonly requests: RequestModel[] = [];
  readonly tokens: TokenFacts[] = [];
  /** The operator's ring; a deployment keeps the one that it was started with. */
  ring: RingModel;
  now: number;
  keyCount = 1;
  /** `Cookie` headers that an attacker copied. */
  readonly copies: string[] = [];
  readonly responses: { readonly browser: number; readonly lines: readonly string[] }[] = [];
  readonly #tokenByPart = new Map<string, TokenFacts>();
  readonly #seen = new Map<string, SeenFacts>();

  constructor(name: string, now: number) {
    const base = `__Host-${name}`;
    this.names = { user: base, guest: `${base}.guest`, seen: `${base}.seen`, flash: `${base}.flash` };
    this.now = now;
    this.ring = [newKey(0, now)];
  }

  get serving(): Deployment[] {
    return this.deployments.filter(
      ({ replacedAt }) => replacedAt === undefined || this.now <= replacedAt + POLICY.propagation,
    );
  }

  get seens(): SeenFacts[] {
    return [...this.#seen.values()];
  }

  learnToken(token: TokenFacts): void {
    this.tokens.push(token);
    this.#tokenByPart.set(token.parts[0] as string, token);
  }

  learnSeen(seen: SeenFacts): void {
    this.#seen.set(seen.text, seen);
  }

  /** The known tokens that stand whole under a cookie's name (or its chunks' names). */
  tokensUnder(base: string, cookies: ReadonlyMap<string, readonly string[]>): TokenFacts[] {
    const firsts = [...(cookies.get(base) ?? []), ...(cookies.get(`${base}.0`) ?? [])];
    const known = new Set(firsts.flatMap((text) => this.#tokenByPart.get(text) ?? []));
    return [...known].filter(({ parts }) => {
      const names = parts.length === 1 ? [base] : chunkNames(base);
      return parts.every((part, index) => cookies.get(names[index] as string)?.includes(part));
    });
  }

  seensOf(sid: string, cookies: ReadonlyMap<string, readonly string[]>, deployment: Deployment): SeenFacts[] {
    const known = (cookies.get(this.names.seen) ?? []).flatMap((text) => this.#seen.get(text) ?? []);
    // Whichever ring a server has, the list knows which keys were revoked.
    const trusted = (id: string): boolean => this.opens(id, deployment) && !this.list.keys.has(id);
    return known.filter((seen) => seen.sid === sid && trusted(seen.sealedBy));
  }

  /** Whether a key opens in a deployment. */
  opens(id: string, { ring }: Deployment): boolean {
    const key = ring.find((candidate) => candidate.id === id);
    return key !== undefined && isSound(key) && !isRetired(ring, key, this.now);
  }

  live(token: TokenFacts, seen: SeenFacts | undefined, { config }: Deployment): Live {
    const limits = limitsOf(config, token.session);
    const renewedAt = Math.max(token.sealedAt, seen?.renewedAt ?? 0);
    const absolute = Math.min(token.session.absolute, token.session.issuedAt + limits.absolute);
    const sealed = Math.max(token.expiry, seen?.deadline ?? 0);
    return { token, seen, renewedAt, absolute, idle: Math.min(sealed, renewedAt + limits.idle, absolute) };
  }

  /** Every reason for which a session must not be accepted now; none when it must be. Which one is told is left open. */
  refusals({ token, idle, absolute }: Live, { ring }: Deployment): string[] {
    const revoked = (id: string): boolean =>
      this.list.keys.has(id) || ring.some((key) => key.id === id && key.revokedAt !== undefined);
    const key = [...token.lineage].some(revoked) ? "key_revoked" : undefined;
    return [key, this.overdue({ idle, absolute }), this.listed(token.session)].filter((reason) => reason !== undefined);
  }

  overdue({ idle, absolute }: Pick<Live, "idle" | "absolute">): "expired" | "idle" | undefined {
    if (this.now > absolute) return "expired";
    return this.now > idle ? "idle" : undefined;
  }

  listed({ sid, subject, generation }: SessionFacts): "revoked" | "superseded" | undefined {
    const status = this.list.status(sid);
    if (status !== "live") return status;
    const current = this.list.generation(subject);
    return current.all > generation.all || current.subject > generation.subject ? "revoked" : undefined;
  }

  /** The next writing of a session by a deployment, apart from its text. */
  seal(
    session: SessionFacts,
    data: string,
    lineage: Iterable<string>,
    deployment: Deployment,
  ): Omit<TokenFacts, "parts"> {
    const { config, ring } = deployment;
    const sealedAt = this.now - ((this.now - session.issuedAt) % 1_000);
    const idle = session.ownIdle ?? config.idle;
    const sealedBy = sealingKey(ring, this.now).id;
    const destroyed = (id: string): boolean => ring.some((key) => key.id === id && key.secret === undefined);
    return {
      kind: kindOf(session),
      session,
      data,
      sealedAt,
      expiry: Math.min(sealedAt + idle, session.absolute),
      sealedBy,
      lineage: new Set([...[...lineage].filter((id) => !destroyed(id)), sealedBy]),
    };
  }
}

export function kindOf({ subject }: Pick<SessionFacts, "subject">): Kind {
  return subject === undefined ? "guest" : "user";
}
