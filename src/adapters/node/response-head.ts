import type { NodeResponse } from "../../cookies/node-jar.js";

/** What is used of Node's `ServerResponse`; the stand-in of a WebSocket server's lacks some of it. */
export interface SendingResponse extends NodeResponse {
  statusCode: number;
  readonly writableEnded?: boolean;
  writeHead?: unknown;
  write?: unknown;
  end?: unknown;
  flushHeaders?: unknown;
  getHeaderNames?(): string[];
  appendHeader?(name: string, value: string | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  emit?(event: string): unknown;
}

const SETS = ["setHeader", "setHeaders", "appendHeader", "removeHeader"] as const;

/** Sets the headers that `writeHead` was given, as it does. @returns its arguments without them */
export function applyHead(response: SendingResponse, args: readonly unknown[]): readonly unknown[] {
  const [status, reason, headers] = args;
  const worded = typeof reason === "string";
  const given = worded ? headers : (headers ?? reason);
  if (Array.isArray(given)) setList(response, given as unknown[]);
  else if (typeof given === "object" && given !== null) {
    for (const [name, value] of Object.entries(given)) response.setHeader(name, value as string);
  }
  return worded ? [status, reason] : [status];
}

/** Names and values in turn, or in pairs; a name that comes again adds a value. */
function setList(response: SendingResponse, list: readonly unknown[]): void {
  const flat = (Array.isArray(list[0]) ? list.flat() : list) as string[];
  const names = flat.filter((_, index) => index % 2 === 0);
  for (const name of names) response.removeHeader(name);
  for (const [index, name] of names.entries()) response.appendHeader?.(name, flat[index * 2 + 1] as string);
}

/**
 * Makes a response look as if its headers were sent: else who sends twice, or asks `headersSent` before it sends an
 * error, would change what is already on its way.
 *
 * @param ended whether `end` was called
 * @returns what undoes it
 */
export function freeze(response: SendingResponse, ended: () => boolean): () => void {
  const before = new Map<string, PropertyDescriptor | undefined>();
  const put = (name: string, descriptor: PropertyDescriptor): void => {
    before.set(name, Object.getOwnPropertyDescriptor(response, name));
    Object.defineProperty(response, name, { ...descriptor, configurable: true });
  };
  put("headersSent", { get: () => true });
  put("writableEnded", { get: ended });
  for (const name of SETS) {
    const refuse = (): never => {
      throw headersSentError(name === "removeHeader" ? "remove" : "set");
    };
    put(name, { value: refuse, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(response, name, descriptor);
      else Reflect.deleteProperty(response, name);
    }
    before.clear();
  };
}

/** As Node's own. */
export function headersSentError(verb: "set" | "remove" | "write"): Error {
  const error = new Error(`Cannot ${verb} headers after they are sent to the client`);
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}
