import { DataNotJsonError } from "../errors.js";

/** Deeper nesting is refused: it is a mistake, and it would overflow the stack of whoever reads it. */
const MAX_DEPTH = 500;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * Serializes to JSON, refusing whatever JSON would change silently: the value read back is the value given
 * (properties that are `undefined` are left out, as JSON does).
 *
 * @param root how the value is called in error messages, for example `session.data`
 * @throws DataNotJsonError with the path of the first offender
 */
export function stringifyStrict(value: unknown, root: string): string {
  // Looking first and leaving the writing to the engine takes a third of the time that writing it all here does.
  return ordinaryText(value) ?? write(value, root, new Set());
}

/** The JSON of data that `JSON.stringify` writes exactly; nothing for any others. */
export function ordinaryText(value: unknown): string | undefined {
  return !isPolluted() && isOrdinary(value, 0) ? JSON.stringify(value) : undefined;
}

/** Whether every object would be written by a `toJSON` that it inherits. */
function isPolluted(): boolean {
  // What Object.prototype has, this one has, too.
  return "toJSON" in Array.prototype;
}

/** Whether `JSON.stringify` writes exactly this value: what most data are. Of the rest `write` says what is wrong. */
function isOrdinary(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || depth >= MAX_DEPTH) return false;
  return Array.isArray(value) ? isOrdinaryArray(value, depth) : isOrdinaryRecord(value, depth);
}

function isOrdinaryArray(array: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype) return false;
  // An undefined item may be a hole; without one there are as many keys as items, or named properties besides.
  for (let index = 0; index < array.length; index++) if (!isOrdinary(array[index], depth + 1)) return false;
  return Object.keys(array).length === array.length;
}

function isOrdinaryRecord(record: object, depth: number): boolean {
  if (Object.getPrototypeOf(record) !== Object.prototype || Object.getOwnPropertySymbols(record).length > 0)
    return false;
  // What is inherited can only be refused too much here; for…in needs no list of the keys, which takes half the time.
  for (const key in record) {
    // A toJSON would be called in place of what it is on.
    if (key === "__proto__" || key === "constructor" || key === "toJSON") return false;
    const member = (record as Record<string, unknown>)[key];
    if (member !== undefined && !isOrdinary(member, depth + 1)) return false;
  }
  return true;
}

function write(value: unknown, path: string, ancestors: Set<object>): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new DataNotJsonError(path, `is ${value}, which JSON turns into null`);
      // JSON.stringify writes 0 for -0 although JSON.parse reads -0 back.
      return Object.is(value, -0) ? "-0" : String(value);
    case "object":
      return value === null ? "null" : writeObject(value, path, ancestors);
    case "undefined":
      throw new DataNotJsonError(path, "is undefined, which JSON cannot carry; use null");
    case "bigint":
      throw new DataNotJsonError(path, "is a BigInt, which JSON cannot carry; store it as text");
    default:
      throw new DataNotJsonError(path, `is a ${typeof value}, which JSON cannot carry`);
  }
}

function writeObject(value: object, path: string, ancestors: Set<object>): string {
  if (ancestors.has(value)) throw new DataNotJsonError(path, "refers back to an object that contains it (a cycle)");
  if (ancestors.size >= MAX_DEPTH) throw new DataNotJsonError(path, `is nested deeper than ${MAX_DEPTH} levels`);
  ancestors.add(value);
  const json = Array.isArray(value) ? writeArray(value, path, ancestors) : writeRecord(value, path, ancestors);
  ancestors.delete(value);
  return json;
}

function writeArray(array: readonly unknown[], path: string, ancestors: Set<object>): string {
  const kind = kindOf(array);
  if (kind !== "Array")
    throw new DataNotJsonError(path, `is a ${kind}, not a plain array; store plain JSON values only`);
  const indices = Object.keys(array);
  if (indices.length !== array.length || indices.some((key, index) => key !== String(index))) {
    throw new DataNotJsonError(path, "is an array with holes or with named properties, which JSON cannot carry");
  }
  return `[${array.map((item, index) => write(item, `${path}[${index}]`, ancestors)).join(",")}]`;
}

function writeRecord(value: object, path: string, ancestors: Set<object>): string {
  const kind = kindOf(value);
  if (kind)
    throw new DataNotJsonError(
      path,
      `is a ${kind}, not a plain object; ${kind === "Date" ? "store its getTime(), or set a codec" : "store plain JSON values only"}`,
    );
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw new DataNotJsonError(path, "has a symbol as a key, which JSON leaves out");
  }
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const at = IDENTIFIER.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    if (isPoison(key, member)) throw new DataNotJsonError(at, "is a key that can poison prototypes");
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${write(member, at, ancestors)}`);
  }
  return `{${members.join(",")}}`;
}

/** The class of an object that is not plain; plain ones of another realm (a vm context) count as plain. */
function kindOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "class instance";
}

function isPoison(key: string, member: unknown): boolean {
  if (key === "__proto__") return true;
  return key === "constructor" && typeof member === "object" && member !== null && Object.hasOwn(member, "prototype");
}

/** Cheap test for texts that may hold a poisonous key, spelled out or with escapes. A regular expression takes thrice as long. */
function isSuspicious(text: string): boolean {
  return text.includes("__proto__") || text.includes("constructor") || text.includes("\\u00");
}

/**
 * Parses JSON and refuses keys that poison prototypes (`__proto__`, `constructor.prototype`), which `JSON.parse`
 * keeps as own properties and a later `Object.assign` would obey.
 *
 * @returns `undefined` when it is not JSON or holds such a key
 */
export function parseStrict(text: string): { readonly value: unknown } | undefined {
  let poisoned = false;
  const look = (key: string, member: unknown): unknown => {
    poisoned ||= isPoison(key, member);
    return member;
  };
  try {
    const value: unknown = JSON.parse(text, isSuspicious(text) ? look : undefined);
    return poisoned ? undefined : { value };
  } catch {
    return undefined;
  }
}
