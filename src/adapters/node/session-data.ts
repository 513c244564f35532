/**
 * What the application keeps in `req.session`. Empty, for the application to say.
 *
 * @example
 * declare module "sealed-session/node" {
 *   interface SessionData { views: number }
 * }
 */
export interface SessionData {}
