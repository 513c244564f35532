import type { Session } from "../../session/session.js";

/**
 * The session as React Router's users know it (`has`, `get`, `set`, `flash`, `unset`), with what is this package's:
 * `login`, `regenerate`, `revokeOthers`, `destroy`, `subject` and the rest.
 */
export interface RouterSession<Data extends object, FlashData = Data> extends Omit<
  Session<Data>,
  "get" | "set" | "delete" | "flash" | "hasFlash"
> {
  /** Whether there is a value, or a message that the last request left. */
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  /** A value; or else a message that the last request left, once. */
  get<Key extends (keyof Data | keyof FlashData) & string>(
    name: Key,
  ):
    | (Key extends keyof Data ? Data[Key] : undefined)
    | (Key extends keyof FlashData ? FlashData[Key] : undefined)
    | undefined;
  /** Changes a value; `save()` or a commit writes it. */
  set<Key extends keyof Data & string>(name: Key, value: Data[Key]): void;
  /**
   * A message for the next request, which `get()` gives once. It waits for five minutes, in a cookie of its own.
   * @throws DataNotJsonError for what JSON cannot carry
   */
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  /** Removes a value. */
  unset(name: keyof Data & string): void;
}

/** Gives a session that face. */
export function routerSession<Data extends object, FlashData>(
  session: Session<object>,
): RouterSession<Data, FlashData> {
  const data = (): Record<string, unknown> => session.data as Record<string, unknown>;
  const verbs: Readonly<Record<string, unknown>> = {
    has: (name: string) => Object.hasOwn(data(), name) || session.hasFlash(name),
    get: (name: string) => (Object.hasOwn(data(), name) ? data()[name] : session.flash(name)),
    flash: (name: string, value: unknown) => session.flash(name, value),
    unset: (name: string) => void delete data()[name],
  };
  return new Proxy<object>(session, {
    get(_target, property) {
      if (typeof property === "string" && Object.hasOwn(verbs, property)) return verbs[property];
      const value: unknown = Reflect.get(session, property, session);
      // Bound to the session itself: its private fields are not the proxy's.
      return typeof value === "function" ? (value.bind(session) as unknown) : value;
    },
    set: (_target, property, value) => Reflect.set(session, property, value, session),
  }) as RouterSession<Data, FlashData>;
}
