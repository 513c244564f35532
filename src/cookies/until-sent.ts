import { CookieNotWritableError } from "../errors.js";
import type { CookieJar } from "./jar.js";

/** A jar for a response that is handed over as a whole, and what to call when that is done. */
export interface UntilSent {
  readonly jar: CookieJar;
  readonly sent: () => void;
}

/**
 * Makes a jar refuse what comes after the response was handed over, from a stream that is still running: such a cookie
 * would be lost without a word.
 */
export function untilSent(jar: CookieJar): UntilSent {
  let open = true;
  const assertWritable = (): void => {
    if (open) return jar.assertWritable?.();
    throw new CookieNotWritableError(
      "The session cannot be written: the response was already handed over. Call save(), login() or destroy() before the handler returns, not while its body is streamed",
    );
  };
  return {
    jar: {
      ...jar,
      assertWritable,
      write(name, value, attributes) {
        assertWritable();
        jar.write(name, value, attributes);
      },
    },
    sent: () => void (open = false),
  };
}
