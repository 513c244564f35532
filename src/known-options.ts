import { ConfigurationError } from "./errors.js";

/**
 * Refuses options that do not exist: a mistyped timeout would silently mean the default one.
 *
 * @param place what the options are for, for the error message
 * @throws ConfigurationError with the name that was probably meant
 */
export function assertKnown(place: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const similar = known.find((other) => isSimilar(name, other));
    throw new ConfigurationError(
      `${place}: there is no option ${JSON.stringify(name.slice(0, 40))}` +
        (similar ? `; did you mean ${similar}?` : `; there are ${known.join(", ")}`),
    );
  }
}

function isSimilar(a: string, b: string): boolean {
  const [short, long] = [a, b]
    .map((text) => text.toLowerCase().replaceAll(/[^a-z]/g, ""))
    .sort((x, y) => x.length - y.length);
  return short !== undefined && short.length > 1 && (long?.includes(short) ?? false);
}
