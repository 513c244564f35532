import type { RejectionReason, SaveResult } from "sealed-session";
import { Browser } from "../../support/sessions.js";
import type { Server, States } from "./server.js";

export type Verb = "read" | "write" | "login" | "regenerate" | "logout";

/** A session as a server saw it. */
export interface Seen {
  /** Masked. */
  readonly id: string;
  readonly subject?: string;
  readonly isNew: boolean;
  readonly rejection?: RejectionReason;
  readonly keyId?: string;
  readonly lineage: readonly string[];
  /** When it ends if it is not used again; nothing for one that is not stored. */
  readonly deadline?: number;
  /** Its data. */
  readonly value?: string;
  /** The time by the server's clock. */
  readonly at: number;
}

/** One answered request. */
export interface Reply {
  readonly server: string;
  readonly verb: Verb;
  readonly argument: string;
  /** The keys' states in the server's view, when the request came. */
  readonly states: States;
  readonly opened: Seen;
  readonly outcome: Partial<SaveResult>;
  /** The session as the browser holds it from then on. */
  readonly left: Seen;
  readonly setCookies: readonly string[];
  /** The true time at which it was answered. */
  readonly answeredAt: number;
}

/** Somebody with a browser, which keeps its cookies for ever: what is over is for the servers to say. */
export class Visitor {
  readonly name: string;
  readonly browser = new Browser();

  constructor(name: string) {
    this.name = name;
  }

  /** Somebody else with a copy of these cookies. */
  copy(): Visitor {
    const other = new Visitor(this.name);
    for (const [name, value] of this.browser.cookies) other.browser.cookies.set(name, value);
    return other;
  }

  /** Sends one request. @param hold whether it waits, after its session is opened, until the server is told to go on */
  async visit(server: Server, verb: Verb, argument = "", hold = false): Promise<Reply> {
    const query = new URLSearchParams({ verb, argument, ...(hold && { hold: "" }) });
    const response = await fetch(`${server.child.url}/visit?${query}`, {
      method: "POST",
      headers: { cookie: this.browser.header },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${server.name} answered ${response.status} to ${verb}: ${text}`);
    const setCookies = response.headers.getSetCookie();
    this.browser.store(setCookies);
    const answer = JSON.parse(text) as Pick<Reply, "states" | "opened" | "outcome" | "left">;
    return { server: server.name, verb, argument, setCookies, answeredAt: Date.now(), ...answer };
  }
}
