import { Agent, request as send } from "node:http";
import { text } from "node:stream/consumers";
/** @import { Kind, Operation } from "../checker/history.mjs" */
/** @import { Town } from "./town.mjs" */

/** How long a visitor waits for an answer, in ms. */
const PATIENCE = 6_000;

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/**
 * A session as a browser holds it, and as a thief may copy it.
 *
 * @typedef {object} Held
 * @property {string} session its label
 * @property {string} id for administrators
 * @property {string | undefined} subject
 * @property {number | undefined} deadline
 */

/** The cookies of one visitor, and the session that they stand for. */
export class Browser {
  /** @type {Map<string, string>} */
  cookies = new Map();
  /** @type {Held | undefined} */
  held;
  /** The last answer said that the session is over. */
  refused = false;

  /** @param {Town} town @param {string} name */
  constructor(town, name) {
    this.town = town;
    this.name = name;
  }

  /** Somebody else with a copy of these cookies. @param {string} name */
  copy(name) {
    const other = new Browser(this.town, name);
    other.cookies = new Map(this.cookies);
    other.held = this.held;
    return other;
  }

  clear() {
    this.cookies.clear();
    this.held = undefined;
    this.refused = false;
  }

  /**
   * Sends one request and writes down what came of it.
   *
   * @param {string} at the replica
   * @param {Kind} kind
   * @param {{ argument?: string, wait?: number, unopened?: boolean }} [options] `wait`: ms between opening and the verb
   * @returns {Promise<Operation>}
   */
  async ask(at, kind, options = {}) {
    const { town, name: by, held } = this;
    const header = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const invoke = town.recorder.now();
    const { answer, setCookies } = await post(town.portOf(at), kind, options, header);
    const complete = town.recorder.now();
    const { opened, seen, result, left, message, why } = answer;
    const cleared = held !== undefined && setCookies.some((line) => /^[^=]*=;.*Max-Age=0/.test(line));
    const operation = town.recorder.operation({
      kind,
      by,
      at,
      invoke,
      complete,
      ...(held && { session: held.session, deadline: town.trueTime(held.deadline) }),
      ...(kind === "login" && { subject: options.argument }),
      ...(opened !== undefined && (held || opened !== "nobody") && { opened }),
      ...(seen && { seen: seen.session }),
      result,
      ...(left &&
        left.session !== held?.session && {
          left: { session: left.session, subject: left.subject, deadline: town.trueTime(left.deadline) },
        }),
      ...(cleared && { cleared }),
      ...(message !== undefined && { message }),
      ...(why !== undefined && { why }),
    });
    this.#receive(setCookies, operation, left);
    return operation;
  }

  /** @param {readonly string[]} setCookies @param {Operation} operation @param {Held | undefined} left */
  #receive(setCookies, operation, left) {
    for (const line of setCookies) {
      const pair = line.slice(0, line.indexOf(";"));
      const equals = pair.indexOf("=");
      if (line.includes("Max-Age=0")) this.cookies.delete(pair.slice(0, equals));
      else this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    const { kind, opened, result } = operation;
    const before = this.held;
    if (left) this.held = left;
    else if (kind === "logout" && setCookies.length > 0) this.held = undefined;
    this.refused = !left && isReason(opened, result);
    this.town.noted(operation, before, this);
  }
}

/** @param {string | undefined} opened @param {string} result */
function isReason(opened, result) {
  const fine = ["accepted", "nobody", "unavailable", undefined];
  return !fine.includes(opened) || !["ok", "unavailable", "unknown", "unreached", "error", "nobody"].includes(result);
}

/**
 * Asks something of a replica that no browser asks.
 *
 * @param {number | undefined} port @param {string} what @param {object} body @param {string} [cookie]
 */
export function post(port, what, body, cookie = "") {
  const nothing = (/** @type {string} */ result) => ({ answer: { result }, setCookies: [] });
  return new Promise((/** @type {(reply: { answer: any, setCookies: string[] }) => void} */ resolve) => {
    if (port === undefined) return resolve(nothing("unreached"));
    const request = send({
      agent,
      host: "127.0.0.1",
      port,
      path: `/${what}`,
      method: "POST",
      headers: { ...(cookie && { cookie }) },
    });
    const timer = setTimeout(() => request.destroy(), PATIENCE);
    // Refused means never sent; with anything else, who knows.
    request.on("error", (error) => {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      resolve(nothing(code === "ECONNREFUSED" ? "unreached" : "unknown"));
    });
    request.on("close", () => clearTimeout(timer));
    request.on("response", (response) => {
      receive(response).then(resolve, () => resolve(nothing("unknown")));
    });
    request.end(JSON.stringify(body));
  });
}

/** @param {import("node:http").IncomingMessage} response */
async function receive(response) {
  const body = await text(response);
  const answer = response.statusCode === 200 ? JSON.parse(body) : { result: "error", message: body.slice(0, 500) };
  return { answer, setCookies: response.headers["set-cookie"] ?? [] };
}
