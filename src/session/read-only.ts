import type { Session } from "./session.js";

const WRITING_VERBS: ReadonlySet<PropertyKey> = new Set<keyof Session>([
  "set",
  "delete",
  "clear",
  "save",
  "login",
  "regenerate",
  "revokeOthers",
  "destroy",
]);

/**
 * A session as it may be used where no cookie can be set: everything can be read, every write throws, those deep
 * inside its data too, instead of being lost silently.
 *
 * @param refusal makes the error to throw
 * @param hidesFlash whether the flash messages were shown before
 */
export function readOnlyView<Data extends object>(
  session: Session<Data>,
  refusal: () => Error,
  hidesFlash = false,
): Session<Data> {
  const refuse = (): never => {
    throw refusal();
  };
  const flash = (target: Session<Data>, args: [key: string, value?: unknown]): unknown => {
    if (args.length > 1) refuse();
    return hidesFlash ? undefined : target.flash(args[0]);
  };
  return new Proxy(session, {
    get(target, property) {
      if (WRITING_VERBS.has(property)) return refuse;
      if (property === "data") return frozen(target.data, refuse);
      if (property === "flash") return (...args: [string, unknown?]) => flash(target, args);
      const value: unknown = Reflect.get(target, property, target);
      // Bound to the session itself: its private fields are not the proxy's.
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

function frozen<T extends object>(value: T, refuse: () => never): T {
  return new Proxy(value, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      return typeof member === "object" && member !== null ? frozen(member, refuse) : member;
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
  });
}
