import { type KeyObject, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { RevocationStore, SessionManager } from "sealed-session";
import { createBrowser, type TestBrowser } from "sealed-session/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { authRoute } from "./support/api-route.js";
import { modulesOf } from "./support/page.js";
import { CLIENT, jwt, KEY_ID, newKey, providerFor } from "./support/provider.mjs";
import { visitor, type Visitor } from "./support/visitor.js";

/* The code of docs/openid-connect.md, as it stands there, with a real provider beside it. */
const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const { privateKey } = newKey();
/** What the recipe logs; and the provider, much of it about being a test's. */
const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
vi.spyOn(console, "info").mockImplementation(() => undefined);
/** The logout tokens that the provider made, and whether it is to send them. */
const logoutTokens: string[] = [];
let delivers = true;
const closing: (() => unknown)[] = [];
let application: string;
let issuer: string;
let sessions: SessionManager;
let revocation: RevocationStore;

type Listener = (...to: Parameters<RequestListener>) => unknown;

/** A server whose address is known before what it serves. */
async function listening(host: string) {
  let listener: Listener | undefined;
  const server = createServer((request, response) => void listener?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { origin, answerWith: (by: Listener) => (listener = by) };
}

beforeAll(async () => {
  const apiRoute = "pages/api/auth/[...nextauth].ts";
  const { folder, load } = await modulesOf("docs/openid-connect.md", ["app.ts", "lib/session.ts", apiRoute]);
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const [here, there] = [await listening("localhost"), await listening("127.0.0.1")];
  [application, issuer] = [here.origin, there.origin];
  const variables = {
    NODE_ENV: "development",
    SESSION_KEYRING: "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja",
    SESSION_DB: path.join(folder, "sessions.db"),
    APP_ORIGIN: application,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    NEXTAUTH_URL: application,
    NEXTAUTH_SECRET: "a secret of next-auth's",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  ({ sessions, revocation } = (await load("lib/session.ts")) as {
    sessions: SessionManager;
    revocation: RevocationStore;
  });
  const { app } = (await load("app.ts")) as { app: (request: Request) => Promise<Response> };
  const authJs = authRoute(((await load(apiRoute)) as { default: Parameters<typeof authRoute>[0] }).default);
  const own = getRequestListener(app);
  here.answerWith((request, response) => (request.url?.startsWith("/api/auth") ? authJs : own)(request, response));
  const onLogoutToken = (token: string): boolean => {
    logoutTokens.push(token);
    return delivers;
  };
  there.answerWith(providerFor({ issuer, privateKey, application, onLogoutToken }));
  closing.unshift(() => revocation.close());
});
afterAll(async () => {
  for (const close of closing) await close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

afterEach(async () => {
  warned.mockClear();
  logoutTokens.length = 0;
  delivers = true;
  await sessions.revokeAll();
});

async function signedIn(name = "ada"): Promise<Visitor> {
  const someone = visitor(name);
  await someone.go(`${application}/sign-in`);
  expect(await seen(someone.browser)).toMatchObject({ subject: name });
  return someone;
}

/** What the application says to a browser, or to a copy of its cookies. */
async function seen(browser: TestBrowser): Promise<unknown> {
  return (await browser.fetch(fetch, `${application}/`)).json();
}

function thiefOf({ browser }: Visitor): TestBrowser {
  const thief = createBrowser();
  thief.addCookies(browser.cookies(application));
  return thief;
}

const post = (token: string): Promise<Response> =>
  fetch(`${application}/back-channel-logout`, { method: "POST", body: new URLSearchParams({ logout_token: token }) });

const now = (): number => Math.floor(Date.now() / 1_000);

interface Different {
  readonly header?: object;
  readonly claims?: object;
  readonly key?: KeyObject | string | null;
}

/** A logout token as the provider would sign it, with what is to be different. */
function logoutToken({ header = {}, claims = {}, key = privateKey }: Different = {}): string {
  const good = { iss: issuer, aud: CLIENT.id, iat: now(), exp: now() + 120, jti: randomUUID(), sub: "ada" };
  return jwt(
    { alg: "RS256", typ: "logout+jwt", kid: KEY_ID, ...header },
    { ...good, events: { [EVENT]: {} }, ...claims },
    key,
  );
}

const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

describe("signing in", () => {
  test("gives the session a subject and a new id, and the guest's cart moves in", async () => {
    const ada = visitor();
    await ada.ask(`${application}/cart`, { method: "POST", body: "tea" });
    const guest = thiefOf(ada);
    const { response } = await ada.go(`${application}/sign-in`);
    expect(await response?.json()).toEqual({ subject: "ada", cart: ["tea"] });
    expect(await seen(guest)).toEqual({ subject: null, cart: [] });
    expect(ada.browser.cookies(application).some(({ name }) => name.startsWith("app.guest"))).toBe(false);
    expect(ada.browser.refused).toEqual([]);
  });

  test("asks with state, nonce and a PKCE challenge, none of which the cookie shows", async () => {
    const ada = visitor();
    const { url } = await ada.go(`${application}/sign-in`, { until: issuer });
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({ response_type: "code", code_challenge_method: "S256", scope: "openid" });
    const cookies = ada.browser.header(application);
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(asked[name]).toMatch(/^[\w-]{43}$/);
      expect(cookies).not.toContain(asked[name]);
    }
  });

  test.each([
    ["state", "forged"],
    ["nonce", "forged"],
    ["code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],
  ])("fails where the provider was asked with another %s", async (parameter, value) => {
    const ada = visitor();
    const asked = new URL((await ada.go(`${application}/sign-in`, { until: issuer })).url);
    asked.searchParams.set(parameter, value);
    const { url, response } = await ada.go(asked);
    expect(url).toContain(`${application}/callback?code=`);
    expect(response?.status).toBe(400);
    expect(await seen(ada.browser)).toMatchObject({ subject: null });
  });

  test("fails in a browser that did not begin it, and for a second use of the callback", async () => {
    const ada = visitor();
    const { url } = await ada.go(`${application}/sign-in`, { until: `${application}/callback` });
    const victim = visitor();
    expect((await victim.ask(url)).status).toBe(400);
    expect(await seen(victim.browser)).toMatchObject({ subject: null });
    expect((await ada.ask(url)).status).toBe(303);
    expect((await ada.ask(url)).status).toBe(400);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
  });

  test("takes one answer to what it asked: after a wrong one it begins anew", async () => {
    const ada = visitor();
    const { url } = await ada.go(`${application}/sign-in`, { until: `${application}/callback` });
    const wrong = new URL(url);
    wrong.searchParams.set("state", "forged");
    expect((await ada.ask(wrong)).status).toBe(400);
    expect((await ada.ask(url)).status).toBe(400);
    expect(await seen(ada.browser)).toMatchObject({ subject: null });
  });

  test("waits for the tab that began last", async () => {
    const ada = visitor();
    const first = await ada.go(`${application}/sign-in`, { until: issuer });
    const second = await ada.go(`${application}/sign-in`, { until: issuer });
    expect((await ada.go(second.url)).response?.status).toBe(200);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
    expect((await ada.go(first.url)).response?.status).toBe(400);
  });

  test("a character of data costs four thirds of one in the cookie", async () => {
    const [little, much] = [visitor(), visitor()];
    await little.ask(`${application}/cart`, { method: "POST", body: "x".repeat(100) });
    await much.ask(`${application}/cart`, { method: "POST", body: "x".repeat(1_600) });
    const grown = much.browser.header(application).length - little.browser.header(application).length;
    expect(Math.abs(grown - 2_000)).toBeLessThan(24);
  });
});

describe("the provider's logout", () => {
  test("ends the session that began from it, copies of its cookie too, and no other", async () => {
    const ada = await signedIn();
    const elsewhere = await signedIn();
    const thief = thiefOf(ada);
    expect(await seen(thief)).toMatchObject({ subject: "ada" });

    await ada.go(`${issuer}/session/end`);
    expect(logoutTokens.map(payloadOf)).toEqual([
      expect.objectContaining({ iss: issuer, aud: CLIENT.id, sid: expect.any(String) as string }),
    ]);
    expect(await seen(thief)).toMatchObject({ subject: null });
    expect(await seen(ada.browser)).toMatchObject({ subject: null });
    expect(await seen(elsewhere.browser)).toMatchObject({ subject: "ada" });
  });

  test("ends it under the id that it has by then", async () => {
    const ada = await signedIn();
    const session = await sessions.open({ read: () => ada.browser.header(application), write: () => undefined });
    await session.regenerate();
    await ada.go(`${issuer}/session/end`);
    expect(await session.revalidate()).toMatchObject({ valid: false });
  });

  test("with a session alone ends that one, with a user alone all of the user's", async () => {
    const [ada, elsewhere, bob] = [await signedIn(), await signedIn(), await signedIn("bob")];
    delivers = false;
    await ada.go(`${issuer}/session/end`);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
    const { sid } = payloadOf(logoutTokens[0] ?? "");

    expect((await post(logoutToken({ claims: { sub: undefined, sid } }))).status).toBe(200);
    expect(await seen(ada.browser)).toMatchObject({ subject: null });
    expect(await seen(elsewhere.browser)).toMatchObject({ subject: "ada" });

    expect((await post(logoutToken())).status).toBe(200);
    expect(await seen(elsewhere.browser)).toMatchObject({ subject: null });
    expect(await seen(bob.browser)).toMatchObject({ subject: "bob" });
  });

  test("is answered with 200 and no-store, also where there is nothing to end", async () => {
    const response = await post(logoutToken({ claims: { sub: "nobody", sid: "none" } }));
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("is refused when the same token comes again", async () => {
    const ada = await signedIn();
    const token = logoutToken();
    expect((await post(token)).status).toBe(200);
    await ada.go(`${application}/sign-in`);
    const again = await post(token);
    expect([again.status, again.headers.get("cache-control")]).toEqual([400, "no-store"]);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
  });

  const stranger = newKey().privateKey;
  test.each<[string, () => string]>([
    ["is signed by somebody else", () => logoutToken({ key: stranger })],
    ["is signed by somebody else's key", () => logoutToken({ key: stranger, header: { kid: "another" } })],
    ["is not signed", () => logoutToken({ header: { alg: "none" }, key: null })],
    ["is signed with the client's secret", () => logoutToken({ header: { alg: "HS256" }, key: CLIENT.secret })],
    ["has another signature algorithm", () => logoutToken({ header: { alg: "RS512" } })],
    ["has expired", () => logoutToken({ claims: { iat: now() - 200, exp: now() - 80 } })],
    ["never expires", () => logoutToken({ claims: { exp: undefined } })],
    ["is old", () => logoutToken({ claims: { iat: now() - 400 } })],
    ["is not of a time", () => logoutToken({ claims: { iat: undefined } })],
    ["comes from the future", () => logoutToken({ claims: { iat: now() + 90 } })],
    ["is of another issuer", () => logoutToken({ claims: { iss: "https://other.example" } })],
    ["is for another audience", () => logoutToken({ claims: { aud: "another" } })],
    ["carries a nonce", () => logoutToken({ claims: { nonce: "n" } })],
    ["has no events", () => logoutToken({ claims: { events: undefined } })],
    ["tells of another event", () => logoutToken({ claims: { events: { "https://other.example": {} } } })],
    ["has text for its event", () => logoutToken({ claims: { events: { [EVENT]: "yes" } } })],
    ["has no id", () => logoutToken({ claims: { jti: undefined } })],
    ["is of another type", () => logoutToken({ header: { typ: "JWT" } })],
    ["names nobody", () => logoutToken({ claims: { sub: undefined } })],
    ["is no token", () => "eyJhbGciOiJSUzI1NiJ9"],
    ["is empty", () => ""],
  ])("is refused with 400 when its token %s", async (_what, token) => {
    const ada = await signedIn();
    const text = token();
    const response = await post(text);
    expect([response.status, response.headers.get("cache-control")]).toEqual([400, "no-store"]);
    expect(await response.json()).toEqual({ error: "invalid_request" });
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
    if (text !== "") expect(JSON.stringify(warned.mock.calls)).not.toContain(text);
  });

  test("is answered with 400 when the store does not answer", async () => {
    vi.spyOn(revocation, "useOnce").mockRejectedValueOnce(new Error("down"));
    expect((await post(logoutToken())).status).toBe(400);
    expect((await post(logoutToken())).status).toBe(200);
  });
});

describe("signing out here", () => {
  test("ends the session before the provider is asked, then ends the provider's", async () => {
    const ada = await signedIn();
    const thief = thiefOf(ada);
    const { url } = await ada.go(`${application}/sign-out`, { method: "POST", until: issuer });
    const asked = new URL(url);
    expect(asked.pathname).toBe("/session/end");
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: CLIENT.id,
      post_logout_redirect_uri: `${application}/`,
    });
    expect(await seen(thief)).toMatchObject({ subject: null });

    const back = await ada.go(url);
    expect(back.url).toBe(`${application}/`);
    expect(logoutTokens).toHaveLength(1);
    const form = await ada.ask((await ada.go(`${application}/sign-in`, { until: `${issuer}/interaction` })).url);
    expect(await form.text()).toContain('name="login"');
  });

  test("takes a POST", async () => {
    const ada = await signedIn();
    expect((await ada.ask(`${application}/sign-out`)).status).toBe(404);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
  });
});

describe("Auth.js", () => {
  const authJs = (): string => `${application}/api/auth`;

  async function csrf(someone: Visitor): Promise<URLSearchParams> {
    const { csrfToken } = (await (await someone.ask(`${authJs()}/csrf`)).json()) as { csrfToken: string };
    return new URLSearchParams({ csrfToken, callbackUrl: `${application}/` });
  }

  async function signedInThere(): Promise<Visitor> {
    const ada = visitor();
    await ada.ask(`${application}/cart`, { method: "POST", body: "tea" });
    const { response } = await ada.go(`${authJs()}/signin/provider`, { method: "POST", body: await csrf(ada) });
    expect(await response?.json()).toEqual({ subject: "ada", cart: ["tea"] });
    return ada;
  }

  const isSignedInThere = async ({ ask }: Visitor): Promise<boolean> =>
    "user" in ((await (await ask(`${authJs()}/session`)).json()) as object);

  test("signs in, and its sign-out leaves this session as it is", async () => {
    const ada = await signedInThere();
    expect(await isSignedInThere(ada)).toBe(true);
    await ada.ask(`${authJs()}/signout`, { method: "POST", body: await csrf(ada) });
    expect(await isSignedInThere(ada)).toBe(false);
    expect(await seen(ada.browser)).toMatchObject({ subject: "ada" });
  });

  test.each([
    ["signing out here", (ada: Visitor) => ada.ask(`${application}/sign-out`, { method: "POST" })],
    ["the provider's logout", (ada: Visitor) => ada.go(`${issuer}/session/end`)],
  ])("keeps its own session after %s", async (_what, signOut) => {
    const ada = await signedInThere();
    await signOut(ada);
    expect(await seen(ada.browser)).toMatchObject({ subject: null });
    expect(await isSignedInThere(ada)).toBe(true);
  });
});
