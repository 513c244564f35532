/** A client of `pg` that can wait for notifications. */
interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  on(event: "notification", listener: (message: { channel: string }) => void): unknown;
  on(event: "error" | "end", listener: () => void): unknown;
  removeListener(event: "notification", listener: (message: { channel: string }) => void): unknown;
  end(): Promise<unknown>;
  unref?(): void;
}

/** A pool of `pg`, and what it makes its connections of. */
export interface ListeningPool {
  readonly Client: new (options: unknown) => ListeningClient;
  readonly options: unknown;
}

const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;

/**
 * Listens on a connection of its own: one that belonged to the pool would be missing there, and `pool.end()` would
 * wait for it for ever. Connects again when it breaks, and wakes each time it has connected, for what was said while
 * nobody listened. Keeps no process alive.
 */
export function listenOnPool(pool: ListeningPool, channel: string, wake: () => void): () => void {
  let ended = false;
  let current: ListeningClient | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = FIRST_DELAY;

  const connect = async (): Promise<void> => {
    let client: ListeningClient | undefined;
    const again = (): void => {
      if (ended || current !== client) return;
      current = undefined;
      client?.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), delay);
      (timer as { unref?(): void }).unref?.();
      delay = Math.min(delay * 2, LONGEST_DELAY);
    };
    try {
      // Throws for a file of a certificate that is not there, for example: then the next query says so.
      client = new pool.Client(pool.options);
      current = client;
      client.on("notification", wake);
      client.on("error", again);
      client.on("end", again);
      client.unref?.();
      await client.connect();
      // Once more: with TLS it is another socket by now.
      client.unref?.();
      await client.query(`LISTEN ${quote(channel)}`);
      delay = FIRST_DELAY;
      if (!ended) wake();
    } catch {
      again();
    }
  };
  void connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    current?.end().catch(() => undefined);
  };
}

/** Listens on the very client that was handed in, where it can. */
export function listenOnClient(client: object, channel: string, wake: () => void): () => void {
  const listening = client as Partial<ListeningClient>;
  if (!isListening(listening)) return () => undefined;
  const heard = (message: { channel: string }): void => {
    if (message.channel === channel) wake();
  };
  listening.on("notification", heard);
  listening.query(`LISTEN ${quote(channel)}`).catch(() => undefined);
  return () => {
    listening.removeListener("notification", heard);
    listening.query(`UNLISTEN ${quote(channel)}`).catch(() => undefined);
  };
}

function isListening(client: Partial<ListeningClient>): client is ListeningClient {
  return typeof client.on === "function" && typeof client.removeListener === "function";
}

function quote(name: string): string {
  return `"${name}"`;
}
