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
  const faces = new WeakMap<object, object>();
  const flash = (target: Session<Data>, args: [key: string, value?: unknown]): unknown => {
    if (args.length > 1) refuse();
    return hidesFlash ? undefined : target.flash(args[0]);
  };
  return new Proxy(session, {
    get(target, property) {
      if (WRITING_VERBS.has(property)) return refuse;
      if (property === "data") return frozen(target.data, refuse, faces);
      if (property === "hasFlash" && hidesFlash) return () => false;
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

/**
 * A read-only face of plain data, all the way down. The proxies stand over empty shadows: over the data itself they
 * would have to hand out the very members of an object that is frozen. What is not plain (a Date, a Map) stays as it
 * is, since its methods work on no proxy.
 *
 * @param faces the faces made so far, so that one object has one
 */
function frozen(value: unknown, refuse: () => never, faces: WeakMap<object, object>): unknown {
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  const known = faces.get(value);
  if (known) return known;
  const member = (key: PropertyKey): unknown => frozen(Reflect.get(value, key), refuse, faces);
  const face = new Proxy<object>(Array.isArray(value) ? [] : {}, {
    get: (_shadow, key) => member(key),
    has: (_shadow, key) => Reflect.has(value, key),
    ownKeys: () => Reflect.ownKeys(value),
    getOwnPropertyDescriptor(shadow, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      const fixed = Reflect.getOwnPropertyDescriptor(shadow, key)?.configurable === false;
      return descriptor && { ...descriptor, value: member(key), writable: true, configurable: !fixed };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    preventExtensions: refuse,
  });
  faces.set(value, face);
  return face;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
