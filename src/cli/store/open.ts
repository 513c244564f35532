import { CommandFailure } from "../exit.js";
import type { StoreAddress } from "./address.js";
import type { OpenedStore } from "./opened-store.js";

/** Loaded when it is used: most commands use no store. */
const OPENERS: Readonly<Record<StoreAddress["kind"], typeof openStore>> = {
  sqlite: async (address) => (await import("./sqlite.js")).openSqlite(address),
  redis: async (address, timeout) => (await import("./redis.js")).openRedis(address, timeout),
  postgres: async (address, timeout) => (await import("./postgres.js")).openPostgres(address, timeout),
};

/**
 * @param timeout how long a client may take to connect, in ms
 * @throws CommandFailure when the client for it is not installed, or there is no such file
 */
export function openStore(address: StoreAddress, timeout: number): Promise<OpenedStore> {
  return OPENERS[address.kind](address, timeout);
}

export function noList({ shown }: StoreAddress): CommandFailure {
  return new CommandFailure(
    "notFound",
    `There is no revocation list at ${shown}`,
    "The application begins it at its first use: check that the address is the one that it has",
  );
}
