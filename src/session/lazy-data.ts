/**
 * A session's data, parsed when they are first asked for. Many requests only ask who is signed in, and parsing is half
 * of what reading a session costs.
 */
export class LazyData {
  #value: object | undefined;
  #untouched = true;
  readonly #parse: () => object;

  constructor(parse: () => object) {
    this.#parse = parse;
  }

  get value(): object {
    if (this.#untouched) {
      this.#value = this.#parse();
      this.#untouched = false;
    }
    return this.#value as object;
  }

  set value(value: object) {
    this.#value = value;
    this.#untouched = false;
  }

  /** Whether nobody has had the data, so that nobody can have changed them. */
  get isUntouched(): boolean {
    return this.#untouched;
  }
}
