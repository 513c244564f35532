import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adoptedCases } from "./cases/adopted.js";
import { edgeCases } from "./cases/cipher.js";
import { pagesRouterCases } from "./cases/pages-router.js";
import { staticCases } from "./cases/static.js";
import { streamingCases } from "./cases/streaming.js";
import { submitForm } from "./support/forms.js";
import { serveApp, type ServedApp } from "./support/next-app.js";
import { ROOT } from "./support/program.js";
import { cookieNames, cookiesOf, rawRequest } from "./support/raw-http.js";

/* What a demo has no use for: an application made to be tested, built and served for this file. */

let app: ServedApp;

beforeAll(async () => {
  app = await serveApp(path.join(ROOT, "test/e2e/app"));
});
afterAll(() => app.stop());

it.each([
  ["redirect", 307, "/shared?from=handler;1"],
  ["missing", 404, undefined],
])("a route handler that ends in %s keeps the cookie", async (kind, status, location) => {
  const response = await rawRequest(app.url, { method: "POST", path: `/api/${kind}` });
  expect(response.status).toBe(status);
  expect(response.header("location")).toBe(location);
  expect(cookieNames(response)).toEqual(["fixture.guest"]);
  expect(await notes(cookiesOf(response))).toHaveLength(1);
});

it("a route handler that throws saves nothing", async () => {
  const response = await rawRequest(app.url, { method: "POST", path: "/api/broken" });
  expect(response.status).toBe(500);
  expect(response.setCookies).toEqual([]);
});

it.each([
  ["redirect", 303, "/shared", "action, redirect"],
  ["missing", 404, undefined, "action, notFound"],
  ["stay", 200, undefined, "action, stay"],
])("an action that ends in %s keeps the cookie", async (kind, status, location, note) => {
  const response = await submitForm(app.url, "/form", `id="${kind}"`, []);
  expect(response.status).toBe(status);
  expect(response.header("location")).toBe(location);
  expect(cookieNames(response)).toEqual(["fixture.guest"]);
  expect(await notes(cookiesOf(response))).toEqual([note]);
});

it("layout, page and components of one request share one session, opened once", async () => {
  const cookie = await newSession();
  await takeTally();
  const page = await rawRequest(app.url, { path: "/shared", headers: [`Cookie: ${cookie}`] });
  expect(page.body).toContain('<p id="notes">handler</p>');
  // Opened once: what was sealed is parsed, and a copy of what the schema makes of it.
  expect(await takeTally()).toEqual({ asked: 4, objects: 1, parsed: 2 });

  await rawRequest(app.url, { path: "/shared", headers: [`Cookie: ${cookie}`] });
  await rawRequest(app.url, { path: "/shared", headers: [`Cookie: ${cookie}`] });
  expect(await takeTally()).toEqual({ asked: 8, objects: 2, parsed: 4 });
});

it("an action and the render after it share one session, opened once", async () => {
  const cookie = await newSession();
  const form = await rawRequest(app.url, { path: "/form" });
  expect(form.status).toBe(200);
  await takeTally();
  const response = await submitForm(app.url, "/form", 'id="stay"', [`Cookie: ${cookie}`]);
  expect(response.body).toContain('<p id="notes">handler,action, stay</p>');
  // Its form was fetched without a cookie first: a fresh session's data is parsed, too.
  expect(await takeTally()).toEqual({ asked: 1, objects: 1, parsed: 3 });
});

it("refuses every write in a component with an error that says where to write", async () => {
  const cookie = await newSession();
  const page = await rawRequest(app.url, { path: "/write", headers: [`Cookie: ${cookie}`] });
  const [, json = "{}"] = /<script id="outcomes"[^>]*>(.*?)<\/script>/s.exec(page.body) ?? [];
  const outcomes = JSON.parse(json) as Record<string, unknown>;
  const refusal = {
    kind: "SessionReadOnlyError",
    code: "ERR_SESSION_READ_ONLY",
    message: expect.stringContaining("withSession"),
  };
  expect(Object.keys(outcomes)).toHaveLength(12);
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((name) => [name, refusal])));
  expect(page.body).toContain('<p id="notes">handler</p>');
  expect(page.setCookies).toEqual([]);
  expect(await notes(cookie)).toEqual(["handler"]);
});

describe("streams and other ends", () => {
  streamingCases(() => app, newSession, notes);
});
describe("the pages router", () => {
  pagesRouterCases(() => app, newSession, notes);
});
describe("static generation", () => {
  staticCases(() => app, newSession);
});

describe("sessions of another library", () => {
  adoptedCases(() => app);
});

describe("the edge runtime", () => {
  edgeCases(() => app, "/api");

  it("the middleware opens with WebCrypto what Node sealed", async () => {
    const headers = [`Cookie: ${await newSession()}`];
    const response = await rawRequest(app.url, { path: "/api/edge", headers });
    expect(response.header("x-middleware")).toBe('{"cipher":"webcrypto","notes":["handler"]}');
  });
});

async function newSession(): Promise<string> {
  return cookiesOf(await rawRequest(app.url, { method: "POST", path: "/api/notes" }));
}

async function notes(cookie: string): Promise<unknown> {
  return JSON.parse((await rawRequest(app.url, { path: "/api/notes", headers: [`Cookie: ${cookie}`] })).body);
}

async function takeTally(): Promise<unknown> {
  return JSON.parse((await rawRequest(app.url, { method: "POST", path: "/api/tally" })).body);
}
