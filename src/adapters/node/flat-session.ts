import { ConfigurationError } from "../../errors.js";
import type { Callback, SessionCookie, SessionMethods } from "./request-session.js";

/** What an object of `req.session` stands for. Its verbs take no callbacks. */
export interface Behind {
  /** The session of the moment. */
  session(): Pick<SessionMethods, (typeof SESSION_FIELDS)[number]>;
  cookie(): SessionCookie;
  regenerate(): Promise<unknown>;
  save(): Promise<unknown>;
  destroy(): Promise<unknown>;
  reload(): Promise<unknown>;
  login: SessionMethods["login"];
  revokeOthers(): Promise<unknown>;
  /** A verb whose caller took a promise has failed. */
  failed(error: unknown): void;
}

const SESSION_FIELDS = ["id", "subject", "isNew", "rejection"] as const;
const VERBS = ["regenerate", "save", "destroy", "reload"] as const;
const OURS = ["login", "revokeOthers"] as const;
const NOTHING_TO_DO = ["touch", "resetMaxAge"] as const;

/** The names that no data can have. */
const RESERVED: ReadonlySet<string> = new Set([
  "cookie",
  ...SESSION_FIELDS,
  ...VERBS,
  ...OURS,
  ...NOTHING_TO_DO,
  "__proto__",
]);

/**
 * Where an object keeps what it stands for: neither enumerable nor removable. Not in a WeakMap, whose values outlive
 * minor collections where they lead back to their keys.
 */
const BEHIND = Symbol("sealed-session");

/**
 * The object that is `req.session`: the data are its own properties, so that it can be enumerated, merged and logged
 * as what the application put there; everything else is on the prototype.
 *
 * @throws ConfigurationError when the data have a key that is one of the names on the prototype
 */
export function flatSession(behind: Behind, data: object): object {
  const flat = Object.create(PROTOTYPE) as object;
  Object.defineProperty(flat, BEHIND, { value: behind });
  fill(flat, data);
  return flat;
}

/** Puts other data in the place of the object's own. */
export function fill(flat: object, data: object): void {
  assertNoneReserved(data);
  for (const key of Reflect.ownKeys(flat)) Reflect.deleteProperty(flat, key);
  for (const [key, value] of Object.entries(data)) {
    Object.defineProperty(flat, key, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** @throws ConfigurationError */
export function assertNoneReserved(data: object): void {
  for (const key of Object.keys(data)) if (RESERVED.has(key)) refuse(key);
}

function refuse(name: string): never {
  throw new ConfigurationError(
    `req.session.${name} is the session's own and cannot hold data; store it under another name`,
  );
}

function behindOf(flat: unknown): Behind {
  const behind = (flat as { readonly [BEHIND]?: Behind } | undefined)?.[BEHIND];
  if (!behind) throw new ConfigurationError("A method of req.session was called without it; write req.session.save()");
  return behind;
}

/** Accessors all of them, the methods too: sloppy code would assign to a read-only property without hearing of it. */
const PROTOTYPE: object = Object.create(Object.prototype, {
  ...member(SESSION_FIELDS, (name) => ({
    get(this: unknown) {
      return behindOf(this).session()[name];
    },
  })),
  ...member(["cookie"], () => ({
    get(this: unknown) {
      return behindOf(this).cookie();
    },
  })),
  ...member(VERBS, (name) => {
    const verb = function (this: object, callback?: Callback<unknown>): unknown {
      return answer(this, behindOf(this)[name](), callback);
    };
    return { get: () => verb };
  }),
  ...member(OURS, (name) => {
    const verb = function (this: object, ...args: Parameters<SessionMethods["login"]>): unknown {
      return answer(this, behindOf(this)[name](...args), undefined);
    };
    return { get: () => verb };
  }),
  ...member(NOTHING_TO_DO, () => {
    const verb = function (this: object): object {
      return this;
    };
    return { get: () => verb };
  }),
  // Else `req.session[key] = value` with a key of the visitor's could put an object in the prototype's place.
  ...member(["__proto__"], () => ({ get: () => PROTOTYPE })),
  [Symbol.for("nodejs.util.inspect.custom")]: {
    value(this: object): object {
      return { ...this };
    },
  },
});

function member<Name extends string>(
  names: readonly Name[],
  getter: (name: Name) => PropertyDescriptor,
): PropertyDescriptorMap {
  return Object.fromEntries(names.map((name) => [name, { ...getter(name), set: () => refuse(name) }]));
}

/** Hands a verb's outcome to a callback, which may throw as it likes, or to whoever takes the promise. */
function answer(flat: object, work: Promise<unknown>, callback: Callback<unknown> | null | undefined): unknown {
  if (typeof callback === "function") {
    work.then(
      (result) => process.nextTick(callback, undefined, result),
      (error: unknown) => process.nextTick(callback, error),
    );
    return flat;
  }
  // Many call destroy() and look no further: that must not end the process. The response waits, and fails with it.
  work.catch((error: unknown) => behindOf(flat).failed(error));
  return work;
}
