import { randomBytes } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import secureSession from "@fastify/secure-session";
import cookieSession from "cookie-session";
import { RedisStore } from "connect-redis";
import expressSession from "express-session";
import fastify from "fastify";
import { getIronSession as theirGetIronSession } from "iron-session";
import nextAuth from "next-auth/jwt";
import { createSessionManager, memoryStore } from "sealed-session";
import { getIronSession } from "sealed-session/iron-session";
import { nodeJar } from "sealed-session/node";

/**
 * Libraries that keep a session, each set up as its documentation says. A request goes from the `Cookie` header to the
 * data and, when it writes, back to `Set-Cookie`; request and response are node:http's own.
 *
 * @typedef {object} SessionPeer
 * @property {string} name
 * @property {(data: object) => Promise<string>} begin a signed-in session of this data; its `Cookie` header
 * @property {(cookie: string) => Promise<unknown>} open without asking for the data
 * @property {(cookie: string) => Promise<object>} read opens, and gives the data
 * @property {(cookie: string, turn: number) => Promise<string | string[]>} write changes the data: the `Set-Cookie`s
 * @property {() => unknown} [close]
 */

const PASSWORD = randomBytes(32).toString("base64url");
const HOUR = 3_600;

const NOBODY = new Socket();

/** A request and its response as a server makes them, without a socket to anyone. */
function exchange(cookie) {
  const request = new IncomingMessage(NOBODY);
  Object.assign(request, { method: "GET", url: "/", httpVersion: "1.1" });
  request.headers = cookie === "" ? { host: "localhost" } : { host: "localhost", cookie };
  return { request, response: new ServerResponse(request) };
}

const setCookies = (response) => [response.getHeader("set-cookie") ?? []].flat();
const cookieOf = (lines) => lines.map((line) => line.slice(0, line.indexOf(";"))).join("; ");

function ours(name, options = {}) {
  const sessions = createSessionManager({ name: "bench", keyring: PASSWORD, revocation: memoryStore(), ...options });
  const open = async (cookie) => {
    const { request, response } = exchange(cookie);
    return { session: await sessions.open(nodeJar(request, response)), response };
  };
  return {
    name,
    async begin(data) {
      const { session, response } = await open("");
      Object.assign(session.data, data);
      await session.login("4711");
      return cookieOf(setCookies(response));
    },
    open,
    read: async (cookie) => (await open(cookie)).session.data,
    async write(cookie, turn) {
      const { session, response } = await open(cookie);
      session.data.turn = turn;
      await session.save();
      return setCookies(response);
    },
  };
}

function iron(name, open, options = {}) {
  const settings = { password: PASSWORD, cookieName: "bench", ttl: HOUR, ...options };
  const visit = async (cookie) => {
    const { request, response } = exchange(cookie);
    return { session: await open(request, response, settings), response };
  };
  const write = async (cookie, changes) => {
    const { session, response } = await visit(cookie);
    Object.assign(session, changes);
    await session.save();
    return setCookies(response);
  };
  return {
    name,
    begin: async (data) => cookieOf(await write("", data)),
    open: visit,
    read: async (cookie) => (await visit(cookie)).session,
    write: (cookie, turn) => write(cookie, { turn }),
  };
}

function nextAuthJwt() {
  const cookieName = "next-auth.session-token";
  const read = (cookie) => {
    const { request } = exchange(cookie);
    request.cookies = Object.fromEntries(cookie.split("; ").map((pair) => pair.split("=")));
    return nextAuth.getToken({ req: request, secret: PASSWORD, cookieName });
  };
  const write = async (token) => {
    const value = await nextAuth.encode({ token, secret: PASSWORD, maxAge: HOUR });
    return [`${cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${HOUR}`];
  };
  return {
    name: "next-auth 4, getToken and encode",
    begin: async (data) => cookieOf(await write(data)),
    open: read,
    read,
    write: async (cookie, turn) => write({ ...(await read(cookie)), turn }),
  };
}

/** Through the plugin's own functions: injecting requests into Fastify would measure Fastify. */
async function fastifySecureSession() {
  const app = fastify();
  await app.register(secureSession, {
    key: randomBytes(32),
    cookieName: "bench",
    expiry: HOUR,
    cookie: { path: "/", httpOnly: true },
  });
  await app.ready();
  const read = (cookie) => {
    const { request } = exchange(cookie);
    return app.decodeSecureSession(app.parseCookie(request.headers.cookie).bench);
  };
  const write = (session) => {
    const { response } = exchange("");
    response.setHeader(
      "Set-Cookie",
      app.serializeCookie("bench", app.encodeSecureSession(session), { path: "/", httpOnly: true, maxAge: HOUR }),
    );
    return setCookies(response);
  };
  return {
    name: "@fastify/secure-session",
    begin: async (data) => cookieOf(write(app.createSecureSession(data))),
    open: async (cookie) => read(cookie),
    read: async (cookie) => read(cookie).data(),
    async write(cookie, turn) {
      const session = read(cookie);
      session.set("turn", turn);
      return write(session);
    },
    close: () => app.close(),
  };
}

/** A middleware of Express, with as much around it as it needs. */
function middleware(name, handler) {
  const visit = (cookie, change) =>
    new Promise((resolve, reject) => {
      const { request, response } = exchange(cookie);
      request.originalUrl = request.url;
      // It is called when everything is stored.
      response.end = () => {
        if (!response.headersSent) response.writeHead(200);
        resolve({ request, lines: setCookies(response) });
      };
      handler(request, response, (error) => {
        if (error) return reject(error);
        if (change) Object.assign(request.session, change);
        response.end();
      });
    });
  return {
    name,
    begin: async (data) => cookieOf((await visit("", data)).lines),
    open: visit,
    read: async (cookie) => (await visit(cookie)).request.session,
    write: async (cookie, turn) => (await visit(cookie, { turn })).lines,
  };
}

function cookieSessions() {
  return middleware("cookie-session", cookieSession({ name: "bench", keys: [PASSWORD], maxAge: HOUR * 1_000 }));
}

function expressSessions(name, store) {
  const cookie = { maxAge: HOUR * 1_000 };
  const handler = expressSession({
    secret: PASSWORD,
    resave: false,
    saveUninitialized: false,
    cookie,
    ...(store && { store }),
  });
  return middleware(`express-session, ${name}`, handler);
}

/** @param client a node-redis client for express-session's store */
export async function sessionPeers(client) {
  return [
    ours("sealed-session"),
    ours("sealed-session, cache: false", { cache: false }),
    iron("sealed-session/iron-session", getIronSession),
    iron("iron-session 9", theirGetIronSession),
    nextAuthJwt(),
    await fastifySecureSession(),
    cookieSessions(),
    expressSessions("memory"),
    expressSessions("Redis", new RedisStore({ client })),
  ];
}
