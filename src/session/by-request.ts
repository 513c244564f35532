/**
 * What belongs to a request, for as long as the request is there. It is kept on the request itself, out of sight: in a
 * WeakMap a value that leads back to its key, as a session does to its request, outlives every minor collection, which
 * costs a server as much again as reading the session does.
 */
export class ByRequest<T> {
  readonly #mark = Symbol("sealed-session");
  /** For requests that take no property. */
  readonly #others = new WeakMap<object, T>();

  get(request: object): T | undefined {
    // Its own: what inherits from a request need not be the same one.
    if (Object.hasOwn(request, this.#mark)) return (request as { readonly [mark: symbol]: T | undefined })[this.#mark];
    return this.#others.get(request);
  }

  set(request: object, value: T): void {
    const property = { value, configurable: true, enumerable: false };
    if (!Reflect.defineProperty(request, this.#mark, property)) this.#others.set(request, value);
  }

  delete(request: object): void {
    Reflect.deleteProperty(request, this.#mark);
    this.#others.delete(request);
  }
}
