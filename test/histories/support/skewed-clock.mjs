/*
 * This process's wall clock, as far from the true one as it is told to be. To be imported before anything that reads
 * the time: the library, the drivers and the process itself must all believe it. The monotonic clock stays.
 */
const trueNow = Date.now;
const TrueDate = Date;
let offset = 0;

globalThis.Date = /** @type {DateConstructor} */ (
  /** @type {unknown} */ (
    class extends TrueDate {
      /** @param {...unknown} args */
      constructor(...args) {
        // @ts-expect-error As many arguments as there are.
        super(...(args.length === 0 ? [trueNow() + offset] : args));
      }
      static now() {
        return trueNow() + offset;
      }
    }
  )
);

/** @param {number} ms ahead of the true time */
export function setOffset(ms) {
  offset = ms;
}
