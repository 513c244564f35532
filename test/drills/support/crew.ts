import { setTimeout as pause } from "node:timers/promises";
import { TooSlow } from "./pace.js";
import type { Server } from "./server.js";
import type { Reply, Verb } from "./visitor.js";
import { pick } from "./wait.js";
import { Witness } from "./witness.js";

/** What a witness does next; nothing for one who leaves. */
type Habit = (witness: Witness, count: number) => { readonly verb: Verb; readonly argument?: string } | undefined;

/** Signs in and looks around; its cookie stays as the login sealed it. Signs in again when the session is over. */
export const reader: Habit = ({ held, name }) => (held ? { verb: "read" } : { verb: "login", argument: name });

/** Uses everything that a signed-in user can. */
export const user: Habit = ({ held, name }, count) => {
  if (!held) return { verb: "login", argument: name };
  const verb = pick<Verb>(["read", "read", "read", "write", "write", "regenerate", "login"]);
  return { verb, argument: verb === "login" ? name : `${name}-${count}` };
};

/** Stores things before signing in, takes them along, signs out and begins anew. */
export const guest: Habit = ({ held, over, name }, count) => {
  // Else what is over here, and not yet by a clock that is behind, would come back there.
  if (over) return { verb: "logout" };
  const verb = pick<Verb>(["read", "read", "read", "write", "write", "write", held?.subject ? "logout" : "login"]);
  return { verb, argument: verb === "login" ? name : `${name}-${count}` };
};

/** Only looks around, until an instant: not a moment of the session's life, by any server's clock, is left out. */
export const straggler =
  (instant: number): Habit =>
  ({ over }) => {
    if (over === "idle") throw new TooSlow("nobody used a session for its idle timeout");
    return Date.now() <= instant ? { verb: "read" } : undefined;
  };

/** People who use a fleet all the time, each request on a server by chance. */
export interface Crew {
  readonly replies: readonly Reply[];
  /** Never resolves; rejects when one of them was treated badly. */
  readonly trouble: Promise<never>;
  /** Has one more come. @returns resolves when it has left */
  join(witness: Witness, habit: Habit): Promise<void>;
  /** Sends everybody away. */
  stop(): Promise<void>;
}

const PAUSE_MS = { least: 80, most: 200 };

/** @param servers asked at every request: servers come and go */
export function startCrew(servers: () => readonly Server[], habits: Readonly<Record<string, Habit>>): Crew {
  const replies: Reply[] = [];
  const stopping = new AbortController();
  let fail!: (error: unknown) => void;
  const trouble = new Promise<never>((_, reject) => (fail = reject));
  // Whoever awaits it hears of it; nobody may be waiting right now.
  trouble.catch(() => undefined);

  const live = async (witness: Witness, habit: Habit): Promise<void> => {
    for (let count = 1; !stopping.signal.aborted; count++) {
      const next = habit(witness, count);
      if (!next) return;
      replies.push(await witness.visit(pick(servers()), next.verb, next.argument));
      await pause(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
    }
  };
  const lives: Promise<void>[] = [];
  const join = (witness: Witness, habit: Habit): Promise<void> => {
    const life = live(witness, habit).catch((error: unknown) => {
      stopping.abort();
      fail(error);
    });
    lives.push(life);
    return life;
  };
  for (const [name, habit] of Object.entries(habits)) void join(new Witness(name), habit);
  return {
    replies,
    trouble,
    join,
    async stop() {
      stopping.abort();
      await Promise.all(lives);
    },
  };
}
