import assert from "node:assert/strict";
import { createKeyring, createSessionManager, memoryStore, type Session, type SessionManager } from "sealed-session";
import { webJar } from "sealed-session/web";
import { Browser, readSetCookie, type SetCookie } from "./browser.js";
import type { Config } from "./facts.js";
import { POLICY, type RingModel } from "./keys.js";
import type { Model } from "./model.js";
import type { Data } from "./request-model.js";

/** One real request, its session and its response. */
export interface Visit {
  readonly manager: SessionManager<Data>;
  readonly request: Request;
  readonly headers: Headers;
  readonly session: Session<Data>;
}

/** The real thing: managers from the built package, browsers, and the requests that are open. */
export class World {
  readonly #name: string;
  readonly #clock: () => number;
  readonly browsers = [new Browser(), new Browser()];
  readonly managers: SessionManager<Data>[] = [];
  readonly visits = new Map<number, Visit>();
  /** Authentic tokens of something else: of another cookie name, and this one's flash messages. */
  readonly foreign: string[] = [];
  /** How many `rejected` events there were. */
  rejections = 0;
  steps = 0;

  constructor(name: string, clock: () => number) {
    this.#name = name;
    this.#clock = clock;
  }

  /** A manager as a new deployment would make it: over the same name, hence the same revocation list. */
  newManager(config: Config, ring: RingModel, name = this.#name): SessionManager<Data> {
    return createSessionManager<Data>({
      name,
      keyring: () => createKeyring({ keys: ring, policy: POLICY }),
      clock: this.#clock,
      revocation: memoryStore({ name, clock: this.#clock }),
      idleTimeout: config.idle,
      absoluteTimeout: config.absolute,
      renewAfter: config.renewAfter,
      remember: { idleTimeout: config.remember.idle, absoluteTimeout: config.remember.absolute },
      cache: config.cache,
      on: { rejected: () => void (this.rejections += 1) },
    });
  }

  async open(deployment: number, header: string): Promise<Visit> {
    const manager = this.managers[deployment];
    assert.ok(manager);
    return openAt(manager, header);
  }

  visit(id: number): Visit {
    const visit = this.visits.get(id);
    assert.ok(visit);
    return visit;
  }
}

async function openAt(manager: SessionManager<Data>, header: string): Promise<Visit> {
  const request = newRequest(header);
  const headers = new Headers();
  return { manager, request, headers, session: await manager.open(webJar(request, headers)) };
}

export function newRequest(header: string): Request {
  return new Request("https://app.test/", { headers: header === "" ? {} : { cookie: header } });
}

export function setCookiesOf(headers: Headers): SetCookie[] {
  return headers.getSetCookie().map(readSetCookie);
}

/** Puts a new version of the application into service, which tells the revocation list of its revoked keys. */
export async function deploy(model: Model, world: World, config: Config, ring: RingModel): Promise<void> {
  const previous = model.deployments.at(-1);
  if (previous) previous.replacedAt = model.now;
  const manager = world.newManager(config, ring);
  world.managers.push(manager);
  model.deployments.push({ number: model.deployments.length, config, ring, replacedAt: undefined });
  await manager.revokeSession("A".repeat(22));
  for (const { id, revokedAt } of ring) if (revokedAt !== undefined) model.list.keys.add(id);
}

/** Tokens that are authentic, but for something else. */
export async function sealForeign(world: World, config: Config, ring: RingModel, name: string): Promise<void> {
  const other = await openAt(world.newManager(config, ring, `${name}-other`), "");
  other.session.data.n = 1;
  await other.session.save();
  const own = await openAt(world.newManager(config, ring), "");
  own.session.flash("notice", { sid: "A".repeat(22), iat: 1, max: 1, gen: "0", dat: {} });
  await own.session.save();
  for (const { headers } of [other, own]) world.foreign.push(...setCookiesOf(headers).map(({ value }) => value));
}

/** What a promise came to. */
export async function outcome<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly code: string }> {
  try {
    return { value: await promise };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== "string" || !code.startsWith("ERR_") || error instanceof assert.AssertionError) throw error;
    return { code };
  }
}
