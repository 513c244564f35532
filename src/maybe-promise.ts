/** Now, or later: the Node cipher and the memory store answer at once, WebCrypto and networks do not. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value, at once where it is there: a promise that nobody needs costs more than a short HMAC. */
export function andThen<T, U>(value: MaybePromise<T>, use: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}
