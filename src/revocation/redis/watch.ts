import { isNodeRedis, type RedisClient } from "./client.js";

/** A second connection: one that listens can do nothing else. Of node-redis, and of ioredis. */
interface Listener {
  connect(): Promise<unknown>;
  on(event: string, listener: (channel: string) => void): unknown;
  subscribe(channel: string, heard?: () => void): Promise<unknown>;
  destroy?(): unknown;
  disconnect(): unknown;
  unref?(): void;
  readonly stream?: { unref?(): void } | undefined;
}

type Duplicable = RedisClient & { duplicate?(overrides?: object): Listener };

/** Whether a client can be duplicated; the store of one that cannot has no `watch`. */
export function canWatch(client: RedisClient): boolean {
  return typeof (client as Duplicable).duplicate === "function";
}

/**
 * Listens on a connection of its own, which keeps no process alive where the client can be told so.
 * @returns what ends it
 */
export async function watch(client: RedisClient, channel: string, wake: () => void): Promise<() => void> {
  const listener = (client as Required<Duplicable>).duplicate();
  // A hint may be late; what the connection suffers is no news to anyone.
  listener.on("error", () => undefined);
  // Whatever was said while it was away.
  listener.on("ready", wake);
  const end = (): void => {
    if (listener.destroy) listener.destroy();
    else listener.disconnect();
  };
  try {
    if (isNodeRedis(client)) {
      await listener.connect();
      await listener.subscribe(channel, wake);
      listener.unref?.();
    } else {
      listener.on("message", wake);
      listener.on("connect", () => listener.stream?.unref?.());
      await listener.subscribe(channel);
      listener.stream?.unref?.();
    }
  } catch (error) {
    end();
    throw error;
  }
  return end;
}
