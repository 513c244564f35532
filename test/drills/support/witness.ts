import type { RejectionReason } from "sealed-session";
import type { Server } from "./server.js";
import { type Reply, type Seen, type Verb, Visitor } from "./visitor.js";

/** What the servers acknowledged last. */
interface Held {
  readonly subject: string | undefined;
  readonly value: string | undefined;
  readonly deadline: number;
}

/** How a session's end shows: its key may be gone by then, too. */
const ENDS: readonly RejectionReason[] = ["expired", "idle", "key_retired", "unknown_key"];

/** A visitor who remembers what the servers acknowledged, and complains about whatever is forgotten too early. */
export class Witness extends Visitor {
  #held: Held | undefined;
  /** Why the session was last refused: its deadline was over by that server's clock. Another clock may be behind. */
  over: RejectionReason | undefined;

  /** The session that the visitor has. */
  get held(): Held | undefined {
    return this.over === undefined ? this.#held : undefined;
  }

  /** @throws when the session is not what was acknowledged last, unless its deadline is over */
  override async visit(server: Server, verb: Verb, argument = "", hold = false): Promise<Reply> {
    const reply = await super.visit(server, verb, argument, hold);
    const { opened, left, outcome } = reply;
    if (!opened.isNew) this.#compare(opened, this.#held, reply);
    else if (this.#held) this.#end(opened.rejection, opened.at, reply);
    // A deadline may pass while the request runs, too.
    if (outcome.reason === "expired" || outcome.reason === "idle") this.#end(outcome.reason, left.at, reply);
    else if (verb === "logout") this.#held = this.over = undefined;
    else if (!opened.isNew || left.deadline !== undefined) this.#take(opened.isNew ? undefined : this.#held, reply);
    return reply;
  }

  #end(reason: RejectionReason | undefined, at: number, reply: Reply): void {
    const past = this.#held !== undefined && at > this.#held.deadline;
    if (!past || reason === undefined || !ENDS.includes(reason)) throw this.#complaint(`lost: ${reason}`, reply);
    this.over = reason;
  }

  #take(before: Held | undefined, reply: Reply): void {
    this.over = undefined;
    const { verb, argument, left, outcome } = reply;
    if (verb === "write" && !outcome.written) throw this.#complaint("not written", reply);
    const subject = verb === "login" ? argument : before?.subject;
    const value = verb === "write" ? argument : before?.value;
    this.#compare(left, { subject, value }, reply);
    this.#held = { subject, value, deadline: left.deadline ?? 0 };
  }

  #compare(seen: Seen, expected: Pick<Held, "subject" | "value"> | undefined, reply: Reply): void {
    if (!expected) throw this.#complaint("a session that nobody gave", reply);
    if (seen.subject !== expected.subject) throw this.#complaint(`not ${expected.subject}'s session`, reply);
    if (seen.value !== expected.value) throw this.#complaint(`other data than ${expected.value}`, reply);
  }

  #complaint(problem: string, reply: Reply): Error {
    const held = JSON.stringify(this.#held);
    return new Error(`${this.name}: ${problem}\nheld ${held}\ngot ${JSON.stringify(reply, undefined, 1)}`);
  }
}
