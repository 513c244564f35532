import type { KeyState, RejectionReason } from "sealed-session";
import { type Child, launch } from "./process.js";
import type { Place } from "./place.js";
import { until } from "./wait.js";

/** What makes one server of a fleet differ from the others. */
export interface ServerSetup {
  readonly name: string;
  readonly place: Place;
  /** How far its clock is ahead of the true one, in ms. */
  readonly clockOffset?: number;
}

/** What all of them have in common. */
export interface Application {
  readonly storeUrl: string;
  /** Options of the session manager. */
  readonly lifetimes: Readonly<Record<string, string | number>>;
}

export type States = Readonly<Record<string, KeyState>>;

/** What a server noticed so far. */
interface Report {
  /** How often it looked which key seals, at every request and in between. */
  readonly samples: number;
  /** Whenever that was not exactly one, or another one than what sealed a cookie. */
  readonly faults: readonly string[];
  /** The reason of each `rejected` event. */
  readonly rejected: readonly RejectionReason[];
  readonly sealedWith: readonly string[];
  /** Of the ring in use. */
  readonly revision: number;
  /** What `keyringFile` reported. */
  readonly ringErrors: readonly string[];
  /** How many requests were held since the start. */
  readonly held: number;
  /** The key that seals now. */
  readonly active: string;
  readonly states: States;
}

/** A running server process. */
export interface Server {
  readonly name: string;
  readonly setup: ServerSetup;
  readonly child: Child;
  report(): Promise<Report>;
  /** Lets the held requests go on. */
  release(): Promise<void>;
  /** Brings a ring to the server and waits until it is in use. */
  deliver(ring: string): Promise<void>;
}

/** Starts a server whose ring is in its place already. */
export async function startServer(setup: ServerSetup, { storeUrl, lifetimes }: Application): Promise<Server> {
  const { name, place, clockOffset = 0 } = setup;
  const { path: ring, allow } = place;
  const child = await launch("server.mjs", { ring, allow, clockOffset, store: storeUrl, lifetimes });
  const ask = async (what: string): Promise<Report> => {
    const response = await fetch(`${child.url}/${what}`, { method: "POST" });
    return (await response.json()) as Report;
  };
  return {
    name,
    setup,
    child,
    report: () => ask("report"),
    async release() {
      await ask("release");
    },
    async deliver(text) {
      place.put(text);
      const revision = revisionOf(text);
      const arrived = async (): Promise<boolean> => (await ask("report")).revision >= revision;
      await until(`${name} uses revision ${revision}`, arrived);
    },
  };
}

/** The revision of a ring file's text. */
function revisionOf(ring: string): number {
  return (JSON.parse(ring) as { revision: number }).revision;
}
