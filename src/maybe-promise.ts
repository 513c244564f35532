/** Now, or later: the Node cipher and the memory store answer at once, WebCrypto and networks do not. */
export type MaybePromise<T> = T | Promise<T>;
