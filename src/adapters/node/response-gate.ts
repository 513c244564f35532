import type { NodeResponse } from "../../cookies/node-jar.js";
import { applyHead, freeze, headersSentError, type SendingResponse } from "./response-head.js";

/** What is to be done around the moment at which a response's headers go out. */
interface Sending {
  /** Starts saving. @returns nothing where there is nothing to save: the response then goes out without delay */
  save(): Promise<void> | undefined;
  /** The headers are about to go out. */
  beforeHeaders(response: NodeResponse): void;
  /** The response ends, and an earlier call has sent the headers. */
  endsLater(): void;
  /** Saving failed. Nothing of the response was sent; another one can be. */
  failed(error: unknown): void;
}

/** The way out of a response. */
export interface ResponseGate {
  /** The response for the session's jar, to which it is open also while it is held. */
  readonly response: NodeResponse;
  /** From now on the response is held while it is saved. */
  install(sending: Sending): void;
}

const SENDS = ["writeHead", "write", "end", "flushHeaders"] as const;
type Sends = (typeof SENDS)[number];
type Args = readonly unknown[];
type Call = readonly [name: Sends, args: Args];

/** What describes an answer that will not be sent after all. */
const OF_THE_ANSWER =
  /^(content-(?!security-policy).*|etag|last-modified|accept-ranges|location|transfer-encoding|trailer)$/;

/** A response to which headers can be set also while it is held. */
class OpenView implements NodeResponse {
  readonly #response: NodeResponse;
  readonly #setHeader: NodeResponse["setHeader"];
  readonly #isHeld: () => boolean;

  constructor(response: NodeResponse, isHeld: () => boolean) {
    this.#response = response;
    // Before it is held, when another one takes its place.
    this.#setHeader = response.setHeader.bind(response);
    this.#isHeld = isHeld;
  }

  get headersSent(): boolean {
    return !this.#isHeld() && this.#response.headersSent;
  }

  getHeader(name: string): ReturnType<NodeResponse["getHeader"]> {
    return this.#response.getHeader(name);
  }

  setHeader(name: string, value: string | readonly string[]): unknown {
    return this.#setHeader(name, value);
  }
}

/**
 * Lets saving take place before the first byte of a response goes out. Saving takes time, and whoever sends does not
 * wait: until it is done the calls are kept, the response looks as if its headers were sent, and `write` answers that
 * its buffer is full.
 */
export function responseGate(response: SendingResponse): ResponseGate {
  let state: "untouched" | "held" | "passing" | "failed" = "untouched";
  const view = new OpenView(response, () => state === "held");
  return { response: view, install };

  function install(sending: Sending): void {
    const calls: Call[] = [];
    let status = 200;
    let thaw = (): void => undefined;
    const original: Record<string, unknown> = {};

    const pass = ([name, args]: Call): unknown => {
      if (name === "writeHead") sending.beforeHeaders(view);
      return (original[name] as (...args: Args) => unknown).apply(response, args as unknown[]);
    };

    const begin = (call: Call): unknown => {
      state = "passing";
      const saving = sending.save();
      if (!saving) return pass(call);
      if (call[0] === "writeHead") response.statusCode = call[1][0] as number;
      status = response.statusCode;
      state = "held";
      thaw = freeze(response, () => calls.some(([name]) => name === "end"));
      saving.then(release, fail);
      return keep(call);
    };

    const keep = (call: Call): unknown => {
      const [name, args] = call;
      // Middleware that finds no `_header` writes the head anew with every part.
      if (name === "writeHead" && calls.length > 0) {
        if (args.length === 1 && args[0] === status) return response;
        throw headersSentError("write");
      }
      calls.push(call);
      if (name === "write") return false;
      return name === "flushHeaders" ? undefined : response;
    };

    const leave = (next: typeof state): void => {
      thaw();
      response.statusCode = status;
      state = next;
    };

    const release = (): void => {
      leave("passing");
      const written: unknown[] = [];
      try {
        for (const [index, call] of calls.entries()) {
          if (call[0] === "end" && index > 0) sending.endsLater();
          const result = pass(call);
          if (call[0] === "write") written.push(result);
        }
      } catch (error) {
        fail(error);
        return;
      }
      calls.length = 0;
      // After a write that was refused in earnest the response itself emits it.
      if (written.length > 0 && !written.includes(false) && response.writableEnded !== true) {
        process.nextTick(() => response.emit?.("drain"));
      }
    };

    const fail = (error: unknown): void => {
      leave("failed");
      for (const [, args] of calls.splice(0)) {
        const callback = args.at(-1);
        if (typeof callback === "function") process.nextTick(callback, error);
      }
      if (!response.headersSent) {
        response.statusCode = 200;
        for (const name of response.getHeaderNames?.() ?? []) {
          if (OF_THE_ANSWER.test(name)) response.removeHeader(name);
        }
      }
      sending.failed(error);
    };

    const send = (name: Sends, given: Args): unknown => {
      // Who still streams into the answer that failed does not know that another one took its place.
      if (state === "failed" && response.writableEnded === true) return name === "write" ? false : response;
      const setsHead = name === "writeHead" && state !== "held" && !response.headersSent;
      const call: Call = [name, setsHead ? applyHead(response, given) : given];
      if (state === "untouched") return begin(call);
      if (state === "held") return keep(call);
      if (name === "end" && state === "passing" && response.writableEnded === false) sending.endsLater();
      return pass(call);
    };

    for (const name of SENDS) {
      original[name] = response[name];
      if (typeof original[name] !== "function") continue;
      const value = (...args: unknown[]): unknown => send(name, args);
      Object.defineProperty(response, name, { value, writable: true, enumerable: true, configurable: true });
    }
  }
}
