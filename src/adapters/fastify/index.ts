import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import { ByRequest } from "../../session/by-request.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";
import { type Opened, openRequest } from "./opened.js";

export { fastifyJar } from "./jar.js";

/**
 * Where an application says once what its sessions hold, since Fastify has one type of request for all plugins.
 *
 * @example
 * declare module "sealed-session/fastify" {
 *   interface RegisteredSessions {
 *     sessions: typeof sessions;
 *   }
 * }
 */
// Empty: the application adds to it.
export interface RegisteredSessions {}

/** Options of `sealedSession`. */
export interface SealedSessionOptions {
  /** The manager, from `createSessionManager()`: the one that `RegisteredSessions` names, where it names one. */
  readonly sessions: RegisteredSessions extends { readonly sessions: SessionManager<infer Data> }
    ? SessionManager<Data>
    : SessionManager<object>;
}

declare module "fastify" {
  interface FastifyRequest {
    /**
     * The request's session; it is saved before the reply's headers go out, unless the status is 500 or above.
     * @throws RevocationUnavailableError when the revocation list did not answer
     */
    readonly session: RegisteredSessions extends { readonly sessions: SessionManager<infer Data> }
      ? Session<Data>
      : Session;
  }
}

/**
 * A Fastify plugin: gives every request of the scope that it is registered in a `request.session`, and saves it.
 *
 * What `login()`, `regenerate()`, `destroy()` and `save()` wrote goes out whatever becomes of the request. Besides them
 * nothing is saved with a status of 500 or above, which is Fastify's for a handler that threw; nor after
 * `reply.hijack()` (a WebSocket).
 *
 * @throws ConfigurationError, KeyringError while Fastify starts, when the set-up is wrong
 * @example
 * await app.register(sealedSession, { sessions });
 * app.get("/", async (request) => ({ user: request.session.subject }));
 */
export const sealedSession: FastifyPluginAsync<SealedSessionOptions> = Object.assign(
  async (app: Parameters<FastifyPluginAsync>[0], options: SealedSessionOptions) => {
    assertKnown("sealedSession", options, ["sessions", "prefix", "logLevel", "logSerializers"]);
    const { sessions } = options;
    if (typeof sessions?.open !== "function") {
      throw new ConfigurationError(
        "sealedSession takes the session manager: app.register(sealedSession, { sessions: createSessionManager(…) })",
      );
    }
    await sessions.ready();
    const requests = new ByRequest<Opened>();
    app.decorateRequest("session", {
      getter(this: FastifyRequest) {
        const opened = requests.get(this);
        if (opened) return opened.use() as FastifyRequest["session"];
        throw new ConfigurationError(
          "request.session is not there yet: register sealedSession before the onRequest hooks that use it",
        );
      },
    });
    app.addHook("onRequest", async (request, reply) => {
      requests.set(request, await openRequest(sessions, request, reply));
    });
    app.addHook("onSend", async (request, reply, payload) => {
      const opened = requests.get(request);
      return opened ? opened.finish(reply, payload) : payload;
    });
  },
  {
    // What fastify-plugin sets: the hooks are for the scope that registers the plugin, not for one of its own.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "sealed-session",
    [Symbol.for("plugin-meta")]: { name: "sealed-session", fastify: ">=5" },
  },
);

export default sealedSession;
