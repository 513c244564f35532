/*
 * One small application with two session libraries: it signs in, signs out, and says who is there.
 */
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { getIronSession, nodeCookies } from "iron-session";
import { createSessionManager } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { root } from "../run.mjs";

const SECRET = "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja";

/** @typedef {{ signIn(user: string): Promise<void>, signOut(): Promise<void>, user(): string | undefined }} Visit */

/** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<Visit>} */
async function ironSession(request, response) {
  const options = { cookieName: "app", password: SECRET, cookieOptions: { secure: false } };
  const session = await getIronSession(nodeCookies(request, response), options);
  return {
    async signIn(user) {
      session.user = user;
      await session.save();
    },
    signOut: async () => session.destroy(),
    user: () => session.user,
  };
}

// The picture's terminal speaks plain http.
const sessions = createSessionManager({ name: "app", keyring: SECRET, cookie: { secure: false } });

/** @type {typeof ironSession} */
async function sealedSession(request, response) {
  const session = await sessions.open(nodeJar(request, response));
  return {
    signIn: (user) => session.login(user),
    signOut: () => session.destroy(),
    user: () => session.subject,
  };
}

const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/iron-session/package.json"), "utf8"));

export const APPLICATIONS = [
  { title: `iron-session ${version}`, open: ironSession },
  { title: "sealed-session", open: sealedSession },
];

/**
 * Serves an application until it is closed.
 * @param {typeof ironSession} open
 */
export async function serve(open) {
  const server = createServer((request, response) => {
    void answer(request, response, open).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return { address: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

async function answer(request, response, open) {
  const visit = await open(request, response);
  if (request.url === "/sign-in") await visit.signIn(new URLSearchParams(await text(request)).get("user"));
  if (request.url === "/sign-out") await visit.signOut();
  const user = visit.user();
  response.statusCode = user === undefined && request.url === "/" ? 401 : 200;
  response.end(user === undefined ? "Nobody is signed in" : `Hello ${user}`);
}
