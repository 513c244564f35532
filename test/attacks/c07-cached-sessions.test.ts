import fastify from "fastify";
import { Hono } from "hono";
import { sealedSession as fastifyPlugin } from "sealed-session/fastify";
import { sealedSession as honoMiddleware } from "sealed-session/hono";
import { nodeJar } from "sealed-session/node";
import { withSession } from "sealed-session/web";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { listen } from "../adapters/fastify/support.js";
import type { StartApp } from "../adapters/scenarios/application.js";
import { bridge, rawRequest, type RawResponse, serve } from "../support/server.js";
import { Browser, copyOf, testManager } from "../support/sessions.js";
import { attack } from "./support/target.js";

/*
 * C7. A shared cache that keeps a response with a session hands it to the next visitor. CVE-2025-48947 (nextjs-auth0),
 * CVE-2025-64762 (authkit-nextjs), CVE-2023-30861 and CVE-2026-27205 (Flask): there the one path was forgotten that
 * only reads, refreshes or redirects.
 */

const header = ({ headers }: RawResponse, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1];

function expectPrivate(answer: RawResponse, hint: string): void {
  expect(header(answer, "cache-control"), hint).toBe("private, no-store");
  expect(header(answer, "vary")?.split(/, */), hint).toContain("Cookie");
}

describe.each(ADAPTERS)("%s: every response with a session is for one visitor only", (_adapter, start) => {
  test("what reads, writes, renews, redirects, streams and ends one", async () => {
    const { ask, browser, clock } = await attack(start);
    const guest = new Browser();
    const steps: [who: Browser, path: string, sets: boolean][] = [
      [guest, "/", false],
      [guest, "/store?colour=blue", true],
      [guest, "/", false],
      [browser, "/", false],
      [browser, "/store?n=1", true],
      [browser, "/large?size=5000", true],
      [browser, "/redirect", true],
      [browser, "/stream", true],
      [browser, "/regenerate", true],
      [guest, "/login?subject=bob", true],
    ];
    for (const [who, path, sets] of steps) {
      const answer = await ask(who, path);
      expect([answer.status < 400, answer.setCookies.length > 0], path).toEqual([true, sets]);
      expectPrivate(answer, path);
    }
    clock.advance(20 * 60_000);
    const renewal = await ask(browser, "/");
    expect(renewal.setCookies.join()).toMatch(/^__Host-\S+\.seen=/);
    expectPrivate(renewal, "a renewal");
    const copy = copyOf(browser);
    for (const path of ["/everywhere", "/logout", "/"]) expectPrivate(await ask(browser, path), path);
    const refused = await ask(copy, "/");
    expect(refused.json["rejection"]).toBe("revoked");
    expectPrivate(refused, "a refused session");
  });
});

/** What a handler throws is answered by whoever called the adapter: it never sees that response. */
const NEVER_SEEN = ["withSession on web requests", "React Router's session storage"];

test.each(ADAPTERS.filter(([adapter]) => !NEVER_SEEN.includes(adapter)))(
  "%s: so is a response to what fails, before or after the data were changed",
  async (_adapter, start) => {
    const { ask, browser } = await attack(start);
    for (const path of ["/fail", "/login?subject="]) {
      const answer = await ask(browser, path);
      expect(answer.status).toBe(500);
      expectPrivate(answer, path);
    }
  },
);

/** One route that has to do with the session, and one that has not. */
const PARTLY: [name: string, start: StartApp][] = [
  [
    "nodeJar",
    (sessions) =>
      serve(async (request, response) => {
        if (request.url === "/session") await sessions.open(nodeJar(request, response));
        response.end();
      }),
  ],
  [
    "withSession",
    (sessions) => {
      const handler = withSession(sessions, () => new Response());
      return serve(bridge((request) => (request.url.endsWith("/session") ? handler(request) : new Response())));
    },
  ],
  [
    "Fastify",
    async (sessions) => {
      const app = fastify({ forceCloseConnections: true });
      await app.register(fastifyPlugin, { sessions });
      app.get("/session", async ({ session }) => ({ subject: session.subject }));
      app.get("/static", async () => ({}));
      return listen(app);
    },
  ],
  [
    "Hono",
    (sessions) => {
      const app = new Hono().get("/static", (c) => c.text("")).use(honoMiddleware(sessions));
      app.get("/session", (c) => c.text(""));
      return serve(bridge((request) => app.fetch(request)));
    },
  ],
];

test.each(PARTLY)("%s: a response that has nothing to do with a session may be kept", async (_adapter, start) => {
  const { sessions } = testManager();
  const port = await start(sessions);
  expectPrivate(await rawRequest(port, "/session", []), "with a session");
  const other = await rawRequest(port, "/static", []);
  expect([other.status, header(other, "cache-control"), header(other, "vary")]).toEqual([200, undefined, undefined]);
});
