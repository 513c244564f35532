import { createServer } from "node:http";
import express from "express";
import { HOUR, SECRET, USER, dataOf, usage, view } from "./session-data.mjs";

/*
 * Servers of Express, whose session middlewares all give `req.session`.
 */

const COOKIE = { secure: true, httpOnly: true, sameSite: "lax", maxAge: HOUR * 1_000 };

/** @type {Record<string, () => Promise<Function | undefined>>} */
const MIDDLEWARES = {
  async "no session"() {
    return undefined;
  },
  async "sealed-session"() {
    const { sessionMiddleware } = await import("sealed-session/node");
    const { manager } = await import("./sealed-session.mjs");
    return sessionMiddleware(await manager());
  },
  async "cookie-session"() {
    const { default: cookieSession } = await import("cookie-session");
    return cookieSession({ name: "app", keys: [SECRET], ...COOKIE });
  },
  "express-session, memory": () => expressSession(),
  async "express-session, Redis"() {
    const { RedisStore } = await import("connect-redis");
    const { redisClient } = await import("./sealed-session.mjs");
    return expressSession(new RedisStore({ client: await redisClient(), prefix: "app:" }));
  },
};

async function expressSession(store) {
  const { default: session } = await import("express-session");
  return session({ secret: SECRET, resave: false, saveUninitialized: false, cookie: COOKIE, store });
}

const VERBS = {
  none() {
    const data = dataOf(0);
    return (_request, response) => response.json(view(data));
  },
  read: () => (request, response) => response.json(view(request.session)),
  write: () => (request, response) => {
    request.session.visits++;
    response.json(view(request.session));
  },
};

/** @param {string} library @param {string} verb @returns {Promise<import("node:http").Server>} */
export async function serve(library, verb) {
  const app = express();
  app.set("trust proxy", 1);
  app.get("/usage", (_request, response) => response.json(usage()));
  const middleware = await MIDDLEWARES[library]();
  if (middleware) app.use(middleware);
  app.get("/", VERBS[verb]());
  app.get("/login", (request, response, next) => {
    Object.assign(request.session, dataOf(Number(request.query.visitor)));
    // Only ours knows of users.
    const signedIn = Promise.resolve(request.session.login?.(USER));
    signedIn.then(() => response.end(), next);
  });
  return createServer(app);
}
