/** Now, or later: the Node cipher and the memory store answer at once, WebCrypto and networks do not. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Whether a value is still to come. Not by its class: WebCrypto's promises are another realm's in an edge runtime, and
 * one that passes for a value would make a MAC that does not hold hold.
 */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === "function";
}

/** Goes on with a value, at once where it is there: a promise that nobody needs costs more than a short HMAC. */
export function andThen<T, U>(value: MaybePromise<T>, use: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(use) : use(value);
}
