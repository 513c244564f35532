import { randomBytes } from "node:crypto";
import cookieSession from "cookie-session";
import { getIronSession, nodeCookies, sealData } from "iron-session";
import nextAuth from "next-auth/jwt";
import { createSessionManager } from "sealed-session";
import * as dropIn from "sealed-session/iron-session";
import { nodeJar } from "sealed-session/node";
import { signedIn } from "./sessions.mjs";
import { signedCookie } from "./signed-cookie.mjs";

const secret = randomBytes(32).toString("base64url");
const iron = { cookieName: "session", password: secret, ttl: 3_600 };
const sessions = createSessionManager({ name: "bench", keyring: secret });
const signed = signedCookie(cookieSession, secret);

/** How a visitor's cookie is made, and how a request's session is opened. */
export const HELD = {
  "the data alone, parsed": {
    cookie: (data) => JSON.stringify(data),
    open: ({ headers }) => JSON.parse(headers.cookie),
  },
  "sealed-session": {
    cookie: (data) => signedIn(sessions, data),
    open: (request, response) => sessions.open(nodeJar(request, response)),
  },
  "sealed-session/iron-session": {
    cookie: async (data) => `session=${await sealData(data, iron)}`,
    open: (request, response) => dropIn.getIronSession(dropIn.nodeCookies(request, response), iron),
  },
  "iron-session 9": {
    cookie: async (data) => `session=${await sealData(data, iron)}`,
    open: (request, response) => getIronSession(nodeCookies(request, response), iron),
  },
  "next-auth 4, `decode`": {
    cookie: (token) => nextAuth.encode({ token, secret }),
    open: ({ headers }) => nextAuth.decode({ token: headers.cookie, secret }),
  },
  "cookie-session": {
    cookie: (data) => signed.seal(data),
    open: (request, response) => signed.handle(request, response),
  },
};
