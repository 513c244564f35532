import { ConfigurationError } from "../../errors.js";
import type { Recent, RecentChange } from "../recent.js";
import { createRetelling } from "../retelling.js";
import * as clients from "./client.js";
import type { RedisClient } from "./client.js";
import { channelOf, keysOf } from "./scripts/base.js";
import { digestOf } from "./scripts/digest.js";
import type { Operation } from "./scripts/operation.js";
import { HELLO, RESTORE } from "./scripts/operations.js";
import { textOf } from "./text.js";
import { toRestore } from "./told.js";

export interface Wait {
  readonly replicas: number;
  /** In ms. */
  readonly timeout: number;
}

export interface ConversationOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly skew: number;
  readonly wait: Wait | undefined;
  readonly recent: Recent;
}

export interface Answer {
  readonly list: string;
  /** Which server, and since when; empty where the client's user may not ask. */
  readonly incarnation: string;
  /** The global generation. */
  readonly all: number;
  /** What the script gave besides. */
  readonly rest: readonly string[];
  /** Whether the server had forgotten what this process told it, until it was told again after this answer. */
  readonly forgot: boolean;
  /** What to throw, once this process remembers what it told: too few replicas have it. */
  readonly shortfall: Error | undefined;
}

/** What this process says to the list, and hears. */
export interface Conversation {
  /** @param repeat whether the operation is to be run again where the list had forgotten something the first time */
  readonly ask: (operation: Operation, args: readonly string[], repeat: boolean) => Promise<Answer>;
  readonly close: () => void;
}

/** A server that is another one each time is several behind one address. */
const MOST_CHANGES_OF_SERVER = 10;

export function openConversation({ client, prefix, skew, wait, recent }: ConversationOptions): Conversation {
  const keys = keysOf(prefix);
  const send = async (operation: Operation, args: readonly string[]): Promise<Answer> => {
    clients.assertConnected(client);
    const head = [crypto.randomUUID(), String(recent.retention()), String(skew), channelOf(prefix)];
    const doubts = retelling.doubts();
    try {
      const script = { lua: operation.lua, sha: await digestOf(operation.lua) };
      const run = (on: RedisClient): Promise<unknown> => clients.evaluate(on, script, keys, [...head, ...args]);
      if (!wait || !operation.records) return answerOf(await run(client));
      return await clients.onOneConnection(client, async (on) => {
        const reply = await run(on);
        const having = await clients.waitForReplicas(on, wait.replicas, wait.timeout).catch(withoutArguments);
        // Asked on another connection, WAIT would answer at once that all is well.
        return answerOf(reply, shortfall(wait, retelling.doubts() === doubts ? having : 0));
      });
    } catch (error) {
      retelling.doubt();
      throw withoutArguments(error);
    }
  };

  let known: Answer | undefined;
  let greatest = 0;
  const tell = async (): Promise<void> => {
    const hello = await send(HELLO, []);
    refuseEviction(textOf(hello.rest[0]));
    if (isSameServer(hello, known) && hello.incarnation !== "") return;
    // Of a new list, the generation is its server's clock, which may be behind the one that gave the last.
    const least = known && known.list !== hello.list ? greatest + 1 : greatest;
    const first: RecentChange[] = least > hello.all ? [{ kind: "all", generation: least }] : [];
    for (const args of toRestore([...first, ...recent.changes()], recent.keys())) {
      const restored = await send(RESTORE, args);
      if (!isSameServer(restored, hello)) return retelling.doubt();
    }
    known = hello;
    greatest = Math.max(greatest, hello.all);
  };
  const retelling = createRetelling(tell);
  // Nothing is believed before the first greeting.
  retelling.doubt();
  const settle = async (): Promise<void> => {
    for (let settling = retelling.settle(); settling; settling = retelling.settle()) await settling;
  };
  const stopListening = clients.onReconnect(client, (ready) => {
    retelling.doubt();
    // Other processes ask too: they should not have to wait until this one is next asked something.
    if (ready && known) settle().catch(() => undefined);
  });

  return {
    async ask(operation, args, repeat) {
      let forgot = false;
      for (let i = 0; i < MOST_CHANGES_OF_SERVER; i++) {
        await settle();
        const [server, doubts] = [known, retelling.doubts()];
        const answer = await send(operation, args);
        const unsure = answer.incarnation === "" && retelling.doubts() !== doubts;
        if (isSameServer(answer, server) && !unsure) {
          greatest = Math.max(greatest, answer.all);
          return { ...answer, forgot };
        }
        forgot = true;
        // Others that asked meanwhile may have noticed it before.
        if (known === server) retelling.doubt();
        if (repeat) continue;
        await settle();
        return { ...answer, forgot };
      }
      throw new Error(
        "redisStore: each answer came from another server or list; the client must reach one master, not several behind one address",
      );
    },
    close: stopListening,
  };
}

function isSameServer(a: Answer, b: Answer | undefined): boolean {
  return a.list === b?.list && a.incarnation === b.incarnation;
}

function answerOf(reply: unknown, missing?: Error): Answer {
  const [list = "", incarnation = "", all = "", ...rest] = (reply as unknown[]).map(textOf);
  return { list, incarnation, all: Number(all), rest, forgot: false, shortfall: missing };
}

function shortfall({ replicas, timeout }: Wait, having: unknown): Error | undefined {
  if (typeof having === "number" && having >= replicas) return undefined;
  const [count, options] = typeof having === "number" ? [having, {}] : [0, { cause: having }];
  return new Error(
    `redisStore: recorded, but ${count} of ${replicas} replicas confirmed it within ${timeout} ms; it may be lost if the master fails now`,
    options,
  );
}

function refuseEviction(policy: string): void {
  if (policy === "" || policy === "noeviction") return;
  throw new ConfigurationError(
    `redisStore: this Redis drops keys when its memory is full (maxmemory-policy ${policy}), and sessions that were signed out would come back; ` +
      "set maxmemory-policy to noeviction, or give the list a Redis of its own",
  );
}

/** ioredis hangs the command with its arguments, session ids among them, on the error; errors are logged. */
function withoutArguments(error: unknown): unknown {
  if (error instanceof Error) delete (error as { command?: unknown }).command;
  return error;
}
