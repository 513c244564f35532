export { getIronSession } from "./get-iron-session.js";
export { nextProxyCookies, nodeCookies, webCookies } from "./jars.js";
export type { CookieJar, CookieStore } from "./jars.js";
export type { ManagedOptions } from "./managed-options.js";
export type { CookieOptions, Password, SessionOptions, UnsealErrorReason } from "./options.js";
export { sealData, unsealData } from "./seal-data.js";
export type { IronSession } from "./session.js";
