export { headerJar } from "./header-jar.js";
export type { HeaderJarOptions } from "../../cookies/header-jar.js";
export { nodeJar } from "../../cookies/node-jar.js";
export type { NodeRequest, NodeResponse } from "../../cookies/node-jar.js";
export { sessionMiddleware } from "./middleware.js";
export type { SessionMiddleware, SessionMiddlewareOptions } from "./middleware.js";
export type { Callback, RequestSession, SessionCookie, SessionMethods } from "./request-session.js";
// A star: an interface that is exported by name could not be augmented under this module's name.
export type * from "./session-data.js";
