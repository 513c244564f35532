/**
 * State of the process, by name. A bundler may put several copies of this package into one process (Next.js runs up
 * to four), and what one of them revokes must be revoked in all: a module's own variables would be one copy's.
 *
 * @param name what it is, with a version that changes when its shape does
 * @param create makes it, the first time
 */
export function sharedState<T>(name: string, create: () => T): T {
  const registry = globalThis as { [key: symbol]: T | undefined };
  const key = Symbol.for(`sealed-session/${name}`);
  return (registry[key] ??= create());
}
