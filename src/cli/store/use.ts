import type { Command } from "commander";
import { ConfigurationError } from "../../errors.js";
import { formatDuration } from "../../duration.js";
import type { MaybePromise } from "../../maybe-promise.js";
import type { RevocationStore } from "../../revocation/store.js";
import { CommandFailure } from "../exit.js";
import type { StoreAddress } from "./address.js";
import { storeFailure } from "./failure.js";
import { noList, openStore } from "./open.js";
import { addressOf, type StoreOptions } from "./option.js";

/**
 * Asks the store something, and waits no longer than `--timeout` for the answer.
 *
 * @throws CommandFailure when it does not answer or refuses, in words that hold no secret
 */
export type Ask = <T>(question: (store: RevocationStore) => MaybePromise<T>) => Promise<T>;

/** How long a client may take to let go, in ms. */
const CLOSING = 1_000;

/**
 * Opens the store that the options name, works with it, and closes it.
 *
 * @throws CommandFailure when there is no such store, and as `ask` does
 */
export async function withStore(
  options: StoreOptions,
  self: Command,
  work: (ask: Ask, address: StoreAddress) => Promise<void>,
): Promise<void> {
  const address = addressOf(options, self);
  const opened = await openStore(address, options.timeout).catch((error: unknown) => {
    // An address that can never work is told as what it is.
    throw error instanceof ConfigurationError ? error : storeFailure(error, address);
  });
  const wait = async <T>(question: () => MaybePromise<T>): Promise<T> => {
    try {
      return await within(options.timeout, question(), address);
    } catch (error) {
      throw storeFailure(error, address);
    }
  };
  try {
    if (!(await wait(opened.findList))) throw noList(address);
    await work((question) => wait(() => question(opened.store)), address);
  } finally {
    await within(CLOSING, opened.close(), address).catch(() => undefined);
    // A client that is still trying must not keep the command from ending. It fires only if something else does.
    setTimeout(() => process.exit(), CLOSING).unref();
  }
}

async function within<T>(ms: number, answer: MaybePromise<T>, { shown }: StoreAddress): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new CommandFailure(
          "unavailable",
          `The store ${shown} did not answer within ${formatDuration(ms)}`,
          "Check that it is up, and takes connections from this machine; --timeout waits for longer",
        ),
      );
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets whatever happened meanwhile come to its turn: a signal, or a reader that has gone. A store may answer at once. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
