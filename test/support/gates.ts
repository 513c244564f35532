/** Named points in a request at which a test can hold it, so that two requests meet exactly as it says. */
export class Gates {
  readonly #points = new Map<string, { readonly reached: Deferred; readonly open: Deferred }>();

  /** From now on who comes to this point waits there. */
  close(point: string): void {
    this.#points.set(point, { reached: defer(), open: defer() });
  }

  /** For the request: waits while the point is closed. */
  async pass(point: string): Promise<void> {
    const gate = this.#points.get(point);
    gate?.reached.resolve();
    await gate?.open.promise;
  }

  /** For the test: resolves once a request stands at the point. */
  async reached(point: string): Promise<void> {
    await this.#points.get(point)?.reached.promise;
  }

  open(point: string): void {
    this.#points.get(point)?.open.resolve();
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function defer(): Deferred {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
