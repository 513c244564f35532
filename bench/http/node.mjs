import { createServer } from "node:http";
import { HOUR, SECRET, USER, dataOf, usage, view } from "./session-data.mjs";

/*
 * Servers of plain node:http. Each gives a listener that begins a session, and the one that is measured.
 */

const HTTPS_ONLY = `Path=/; Max-Age=${HOUR}; HttpOnly; Secure; SameSite=Lax`;

/** @type {Record<string, (verb: string) => Promise<{ login?: Function, visit: Function }>>} */
const LIBRARIES = {
  async "no session"() {
    const data = dataOf(0);
    return { visit: (_request, response) => answer(response, view(data)) };
  },
  "sealed-session": (verb) => sealedSession(verb),
  "sealed-session, replica": (verb) => sealedSession(verb, "replica"),
  "sealed-session, Redis asked": (verb) => sealedSession(verb, "redis"),
  "iron-session 9": ironSession,
  "next-auth 4": nextAuth,
};

async function sealedSession(verb, revocation) {
  const { nodeJar } = await import("sealed-session/node");
  const { manager } = await import("./sealed-session.mjs");
  // No session is younger, so that every request renews: its client throws the renewal away.
  const sessions = await manager({ revocation, renewAfter: verb === "renew" ? 1 : undefined });
  const verbs = {
    async read(request, response) {
      const session = await sessions.open(nodeJar(request, response));
      answer(response, view(session.data));
    },
    async renew(request, response) {
      const session = await sessions.open(nodeJar(request, response));
      await session.save();
      answer(response, view(session.data));
    },
    async write(request, response) {
      const session = await sessions.open(nodeJar(request, response));
      session.data.visits++;
      await session.save();
      answer(response, view(session.data));
    },
  };
  return {
    async login(request, response, visitor) {
      const session = await sessions.open(nodeJar(request, response));
      session.data = dataOf(visitor);
      await session.login(USER);
      response.end();
    },
    visit: verbs[verb],
  };
}

async function ironSession(verb) {
  const { getIronSession } = await import("iron-session");
  const options = { cookieName: "app", password: SECRET, ttl: HOUR };
  const verbs = {
    async read(request, response) {
      const session = await getIronSession(request, response, options);
      answer(response, view(session));
    },
    async write(request, response) {
      const session = await getIronSession(request, response, options);
      session.visits++;
      await session.save();
      answer(response, view(session));
    },
  };
  return {
    async login(request, response, visitor) {
      const session = await getIronSession(request, response, options);
      Object.assign(session, dataOf(visitor));
      await session.save();
      response.end();
    },
    visit: verbs[verb],
  };
}

/** Its functions take the parsed cookies of a framework, and leave setting them to one. */
async function nextAuth(verb) {
  const { default: jwt } = await import("next-auth/jwt");
  const { parseCookie } = await import("cookie");
  const write = async (response, token) => {
    const sealed = await jwt.encode({ token, secret: SECRET, maxAge: HOUR });
    response.setHeader("Set-Cookie", `__Secure-next-auth.session-token=${sealed}; ${HTTPS_ONLY}`);
  };
  const read = ({ headers }) =>
    jwt.getToken({ req: { headers, cookies: parseCookie(headers.cookie ?? "") }, secret: SECRET, secureCookie: true });
  const verbs = {
    async read(request, response) {
      answer(response, view(await read(request)));
    },
    async write(request, response) {
      const token = await read(request);
      token.visits++;
      await write(response, token);
      answer(response, view(token));
    },
  };
  return {
    async login(_request, response, visitor) {
      await write(response, dataOf(visitor));
      response.end();
    },
    visit: verbs[verb],
  };
}

function answer(response, value) {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** @param {string} library @param {string} verb @returns {Promise<import("node:http").Server>} */
export async function serve(library, verb) {
  const { login, visit } = await LIBRARIES[library](verb);
  return createServer((request, response) => {
    if (request.url === "/") return visit(request, response);
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (pathname === "/usage") return answer(response, usage());
    return login(request, response, Number(searchParams.get("visitor")));
  });
}
