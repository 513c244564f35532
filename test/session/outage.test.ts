import { ConfigurationError, RevocationUnavailableError, type SessionEvent } from "sealed-session";
import { webJar } from "sealed-session/web";
import { expect, test, vi } from "vitest";
import { flakyStore, type Mode } from "../support/flaky-store.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I8: verb by verb. */

let lists = 0;

async function signedIn(options: Parameters<typeof testManager>[0] = {}) {
  const flaky = flakyStore(`outage-${process.pid}-${lists++}`);
  const { sessions } = testManager({ revocation: flaky.store, revocationTimeout: 20, ...options });
  const browser = new Browser();
  const first = await visit(sessions, browser.header);
  first.session.data["cart"] = ["book"];
  await first.session.login("user-42");
  browser.store(first.setCookies());
  return { ...flaky, sessions, browser };
}

/** Opens and tells what came of it, and what the response would set. */
async function attempt(sessions: Awaited<ReturnType<typeof signedIn>>["sessions"], header: string) {
  const headers = new Headers();
  const jar = webJar(new Request("http://localhost/", { headers: { cookie: header } }), headers);
  const error: unknown = await sessions.open(jar).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, setCookies: headers.getSetCookie() };
}

test.each<Mode>(["throws", "rejects", "hangs"])(
  "a store that %s: open() throws and leaves the cookie alone",
  async (mode) => {
    const { sessions, browser, state, broken } = await signedIn();
    state.mode = mode;
    const { error, setCookies } = await attempt(sessions, browser.header);
    expect(error).toBeInstanceOf(RevocationUnavailableError);
    expect(error).toMatchObject({ statusCode: 503 });
    expect(error).toMatchObject({ code: "ERR_REVOCATION_UNAVAILABLE" });
    if (mode !== "hangs") expect((error as Error).cause).toBe(broken);
    expect(setCookies).toEqual([]);

    state.mode = "answers";
    // One that hung is given a moment before it is asked again.
    const later = await vi.waitFor(() => visit(sessions, browser.header));
    expect(later.session.subject).toBe("user-42");
    expect(later.session.data).toEqual({ cart: ["book"] });
  },
);

test("a request without a session never asks the store", async () => {
  const { sessions, state } = await signedIn();
  state.mode = "throws";
  const asked = state.asked;
  const { session } = await visit(sessions, "other=1; __Host-unknown=2");
  expect(session.isNew).toBe(true);
  expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  expect(state.asked).toBe(asked);
});

test.each(["save", "login", "regenerate", "revokeOthers"] as const)(
  "%s() writes nothing while the store does not answer",
  async (verb) => {
    const { sessions, browser, state } = await signedIn();
    const { session, setCookies } = await visit(sessions, browser.header);
    session.data["cart"] = ["book", "pen"];
    state.mode = "throws";
    const done = verb === "login" ? session.login("user-42") : session[verb]();
    await expect(done).rejects.toBeInstanceOf(RevocationUnavailableError);
    expect(setCookies()).toEqual([]);

    state.mode = "answers";
    expect(await session.save()).toEqual({ written: true });
  },
);

test("destroy() clears the browser's cookies but says that the logout is not recorded", async () => {
  const { sessions, browser, state } = await signedIn();
  const stolen = browser.header;
  const { session, setCookies } = await visit(sessions, browser.header);
  state.mode = "throws";
  await expect(session.destroy()).rejects.toBeInstanceOf(RevocationUnavailableError);
  browser.store(setCookies());
  expect(browser.header).toBe("");

  state.mode = "answers";
  const headers = new Headers();
  await sessions.destroy(webJar(new Request("http://localhost/", { headers: { cookie: stolen } }), headers));
  expect((await visit(sessions, stolen)).session.rejection).toBe("revoked");
});

test("accepting unchecked sessions is a choice, and every one of them is told of", async () => {
  const unchecked: SessionEvent[] = [];
  const { sessions, browser, state } = await signedIn({
    onRevocationOutage: "accept",
    on: { unchecked: (event) => void unchecked.push(event) },
  });
  state.mode = "throws";
  const { session } = await visit(sessions, browser.header);
  expect(session.subject).toBe("user-42");
  expect(session.data).toEqual({ cart: ["book"] });
  expect(unchecked).toEqual([
    expect.objectContaining({
      type: "unchecked",
      session: session.maskedId,
      subject: "user-42",
      error: expect.any(RevocationUnavailableError),
    }),
  ]);
});

test("regression: a store that is set up wrongly says so, and is no outage that one might accept", async () => {
  const { sessions, browser, state, store } = await signedIn({ onRevocationOutage: "accept" });
  const wrong = new ConfigurationError("maxmemory-policy: set it to noeviction");
  Object.assign(store, { check: () => Promise.reject(wrong), revokeSession: () => Promise.reject(wrong) });
  expect(state.mode).toBe("answers");
  const { error, setCookies } = await attempt(sessions, browser.header);
  expect(error).toBe(wrong);
  expect(setCookies).toEqual([]);
  const headers = new Headers();
  const jar = webJar(new Request("http://localhost/", { headers: { cookie: browser.header } }), headers);
  await expect(sessions.destroy(jar)).rejects.toMatchObject({ code: "ERR_REVOCATION_UNAVAILABLE", cause: wrong });
  expect(headers.getSetCookie().join()).toContain("Max-Age=0");
});
