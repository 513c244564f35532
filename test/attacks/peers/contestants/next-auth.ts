import type { IncomingMessage, ServerResponse } from "node:http";
import { parse } from "cookie";
import express from "express";
import { vi } from "vitest";
import { serve } from "../../../support/server.js";
import { Browser } from "../../../support/sessions.js";
import { type Contestant, type Deployment, hold, see } from "../support/application.js";
import { load } from "../support/load.js";
import { SECRETS } from "../support/secrets.js";
import { type Answer, ask, type Site } from "../support/site.js";

type Token = { sub?: string; stored?: unknown };
type Handler = (request: object, response: ServerResponse, options: object) => Promise<void>;

const { default: nextAuth } = load("next-auth") as { default: Handler };
const { default: credentials } = load("next-auth/providers/credentials") as { default: (options: object) => object };
const { getToken } = load("next-auth/jwt") as { getToken(options: object): Promise<Token | null> };

const quiet = { error: () => undefined, warn: () => undefined, debug: () => undefined };

/** There is one secret: a rotation puts another in its place. */
function secretOf(keys: Deployment["keys"]): string {
  return SECRETS[keys === "rotated" ? 1 : 0];
}

/** A credentials provider and JWT sessions, with a field that `update()` changes. */
function optionsFor(
  { cookieName, lifetime, keys, gates }: Deployment,
  headers: Readonly<Record<string, unknown>>,
): object {
  return {
    secret: secretOf(keys),
    session: { strategy: "jwt", maxAge: lifetime },
    jwt: { maxAge: lifetime },
    cookies: {
      sessionToken: { name: cookieName, options: { httpOnly: true, sameSite: "lax", path: "/", secure: true } },
    },
    logger: quiet,
    providers: [credentials({ credentials: { user: {} }, authorize: ({ user }: { user: string }) => ({ id: user }) })],
    callbacks: {
      async jwt({ token, trigger, session }: { token: Token; trigger?: string; session?: { stored: unknown } }) {
        await hold(gates, headers);
        return trigger === "update" ? { ...token, stored: session?.stored } : token;
      },
    },
  };
}

/** next-auth's own API route, and a page that reads the session. Served by Express, with what Next.js gives it. */
async function start(deployment: Deployment): Promise<number> {
  vi.stubEnv("NEXTAUTH_URL", "https://site.example");
  const app = express();
  app.use(express.json());
  app.use("/api/auth", (request, response, next) => {
    const { body, headers, method, path } = request;
    const query = { ...request.query, nextauth: path.split("/").filter((part) => part !== "") };
    const cookies = parse(headers.cookie ?? "");
    const given = { query, cookies, body, headers, method };
    nextAuth(given, response, optionsFor(deployment, headers)).then(undefined, next);
  });
  app.get("/look", async ({ headers }: IncomingMessage, response) => {
    const { cookieName, keys } = deployment;
    const request = { headers, cookies: parse(headers.cookie ?? "") };
    const token = await getToken({ req: request, secret: secretOf(keys), cookieName });
    response.end(JSON.stringify(see(token?.sub, token?.stored)));
  });
  return serve(app);
}

/** What next-auth's client sends: each change is a POST with the CSRF token that was asked for before. */
function site(port: number): Site {
  const post = async (cookies: string, path: string, fields: string, slow: boolean): Promise<Answer> => {
    const asked = await ask(port, "/api/auth/csrf", cookies);
    const { csrfToken } = asked.json as { csrfToken?: string };
    const browser = new Browser();
    browser.store(cookies.split("; ").filter((pair) => pair !== ""));
    browser.store(asked.setCookies);
    const json = `{"csrfToken":${JSON.stringify(csrfToken)},"json":"true"${fields}}`;
    const answer = await ask(port, `/api/auth/${path}`, browser.header, slow ? { "x-slow": "1" } : {}, json);
    return { ...answer, setCookies: [...asked.setCookies, ...answer.setCookies] };
  };
  return {
    async send(cookies, { verb, argument = "", slow = false }) {
      if (verb === "look") return ask(port, "/look", cookies);
      if (verb === "keepAlive") return ask(port, "/api/auth/session", cookies, slow ? { "x-slow": "1" } : {});
      if (verb === "login") return post(cookies, "callback/credentials", `,"user":"${argument}"`, slow);
      if (verb === "logout") return post(cookies, "signout", "", slow);
      return post(cookies, "session", `,"data":{"stored":${argument}}`, slow);
    },
  };
}

export const nextAuthJwt: Contestant = {
  name: "next-auth",
  package: "next-auth",
  newApplication: () => ({ deploy: async (deployment) => site(await start(deployment)) }),
};
