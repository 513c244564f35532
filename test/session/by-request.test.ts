import { expect, test } from "vitest";
import { createSessionManager, memoryStore } from "sealed-session";
import { ByRequest } from "../../dist/session/by-request.js";
import { SECRET } from "../support/sessions.js";

test("a request keeps what was set on it, also where it takes no property, and shows it to nobody", () => {
  const byRequest = new ByRequest<string>();
  for (const request of [{ url: "/" }, Object.freeze({ url: "/" }), new Proxy({}, { defineProperty: () => false })]) {
    const before = JSON.stringify(request);
    expect(byRequest.get(request)).toBeUndefined();
    byRequest.set(request, "a session");
    expect(byRequest.get(request)).toBe("a session");
    expect([JSON.stringify(request), Object.keys(request)]).toEqual([before, Object.keys(request)]);
    expect(Object.getOwnPropertySymbols({ ...request })).toEqual([]);
    byRequest.delete(request);
    expect(byRequest.get(request)).toBeUndefined();
  }
});

test("it is kept on the request itself, where that takes it, so that both are let go together", () => {
  const byRequest = new ByRequest<object>();
  const [request, value] = [{}, {}];
  byRequest.set(request, value);
  expect(Object.getOwnPropertySymbols(request).map((mark) => Reflect.get(request, mark))).toEqual([value]);
  byRequest.delete(request);
  expect(Object.getOwnPropertySymbols(request)).toEqual([]);
});

test("what inherits from a request, and what another manager set, is not found", () => {
  const [one, other] = [new ByRequest<string>(), new ByRequest<string>()];
  const request = {};
  one.set(request, "a session");
  expect(one.get(Object.create(request) as object)).toBeUndefined();
  expect(other.get(request)).toBeUndefined();
});

test("one request has one session, a frozen one too, and another one after an error", async () => {
  const sessions = createSessionManager({ name: "app", keyring: SECRET, revocation: memoryStore() });
  for (const key of [{}, Object.freeze({})]) {
    let broken = true;
    const read = (): string => {
      if (broken) throw new TypeError("no header");
      return "";
    };
    const jar = { key, read, write: () => undefined };
    await expect(sessions.open(jar)).rejects.toThrow("no header");
    broken = false;
    const session = await sessions.open(jar);
    expect(await sessions.open({ ...jar })).toBe(session);
  }
});
