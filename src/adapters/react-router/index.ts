export { createSessionMiddleware } from "./middleware.js";
export type { SessionContext, SessionMiddleware, SessionMiddlewareArgs } from "./middleware.js";
export type { RouterSession } from "./router-session.js";
export { createSealedSessionStorage } from "./storage.js";
export type { DataOf, SealedSessionStorage } from "./storage.js";
