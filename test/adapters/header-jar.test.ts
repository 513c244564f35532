import { expect, test } from "vitest";
import { nodeJar, headerJar as nodeHeaderJar } from "sealed-session/node";
import { headerJar as webHeaderJar, webJar } from "sealed-session/web";
import type { Session, SessionManager } from "sealed-session";
import { bridge, type NodeHandler, rawRequest, serve } from "../support/server.js";
import { testManager } from "../support/sessions.js";

type Act = (session: Session, path: string) => Promise<void> | void;

/** The same application on both surfaces: the header where a client sends it, cookies otherwise. */
const SURFACES: [name: string, handler: (sessions: SessionManager, act: Act) => NodeHandler][] = [
  [
    "/node",
    (sessions, act) => async (request, response) => {
      const byHeader = "session-token" in request.headers;
      const session = await sessions.open(
        byHeader ? nodeHeaderJar(sessions, request, response) : nodeJar(request, response),
      );
      await act(session, request.url ?? "/");
      await session.save();
      response.end(view(session));
    },
  ],
  [
    "/web",
    (sessions, act) =>
      bridge(async (request) => {
        const headers = new Headers();
        const byHeader = request.headers.has("session-token");
        const session = await sessions.open(
          byHeader ? webHeaderJar(sessions, request, headers) : webJar(request, headers),
        );
        await act(session, new URL(request.url).pathname);
        await session.save();
        return new Response(view(session), { headers });
      }),
  ],
];

function view({ subject, rejection, data }: Session): string {
  return JSON.stringify({ subject: subject ?? null, rejection: rejection ?? null, data });
}

const act: Act = async (session, path) => {
  const [, verb, argument = ""] = path.split("/");
  if (verb === "login") await session.login(argument);
  if (verb === "logout") await session.destroy();
  if (verb === "large") session.set("large", "x".repeat(5_000));
  if (verb === "store") session.set("stored", argument);
};

test.each(SURFACES)(
  "%s: a client without cookies keeps what the header says, and is signed in by it",
  async (_name, handler) => {
    const { sessions, clock } = testManager();
    const port = await serve(handler(sessions, act));
    let held = "";
    const ask = async (path: string, header = held, more: string[] = []) => {
      const response = await rawRequest(port, path, [], [`Session-Token: ${header}`, ...more]);
      const token = response.headers.find(([name]) => name === "session-token")?.[1];
      return { ...response, token, json: JSON.parse(response.body) as Record<string, unknown> };
    };
    const follow = async (path: string) => {
      const answer = await ask(path);
      held = answer.token ?? held;
      return answer;
    };

    expect((await ask("/")).token, "who stores nothing is sent nothing").toBe(undefined);
    await follow("/store/tea");
    const signedIn = await follow("/login/ada");
    expect(signedIn.setCookies).toEqual([]);
    expect(signedIn.headers.find(([name]) => name === "cache-control")?.[1]).toBe("private, no-store");
    expect(signedIn.headers.find(([name]) => name === "vary")?.[1]).toBe("Session-Token");
    expect((await follow("/")).json).toEqual({ subject: "ada", rejection: null, data: { stored: "tea" } });
    // The session, and its renewal beside it.
    clock.advance(30 * 60_000);
    await follow("/");
    expect(held.split("; ")).toHaveLength(2);
    clock.advance(45 * 60_000);
    expect((await follow("/")).json["subject"]).toBe("ada");
    await follow("/large");
    expect(held.split("; ").length).toBeGreaterThan(2);
    expect((await follow("/")).json["subject"]).toBe("ada");

    const stolen = held;
    await follow("/logout");
    expect(held).toBe("");
    expect((await ask("/", stolen)).json).toMatchObject({ subject: null, rejection: "revoked" });
  },
);

test.each(SURFACES)(
  "%s: cookies count for nothing beside the header, and two different sessions are nobody",
  async (_name, handler) => {
    const { sessions } = testManager();
    const port = await serve(handler(sessions, act));
    const cookie = (await rawRequest(port, "/login/ada", [])).setCookies[0]?.split(";")[0] ?? "";
    const signedIn = await rawRequest(port, "/login/bob", [], ["Session-Token: "]);
    const token = signedIn.headers.find(([name]) => name === "session-token")?.[1] ?? "";
    const subjectOf = async (cookies: string[], header?: string) => {
      const { body } = await rawRequest(port, "/", cookies, header === undefined ? [] : [`Session-Token: ${header}`]);
      return JSON.parse(body) as unknown;
    };
    expect(await subjectOf([cookie])).toMatchObject({ subject: "ada" });
    expect(await subjectOf([], token)).toMatchObject({ subject: "bob" });
    expect(await subjectOf([cookie], "")).toMatchObject({ subject: null });
    expect(await subjectOf([cookie], token)).toMatchObject({ subject: null, rejection: "ambiguous" });
    expect(await subjectOf([cookie], cookie)).toMatchObject({ subject: "ada" });
    const both = await rawRequest(port, "/logout", [cookie], [`Session-Token: ${token}`]);
    expect(both.setCookies).toEqual([]);
    for (const [cookies, header] of [
      [[cookie], undefined],
      [[], token],
    ] as const) {
      expect(await subjectOf([...cookies], header)).toMatchObject({ rejection: "revoked" });
    }
  },
);

test.each(SURFACES)("%s: whatever comes in the header is a fresh session at worst", async (_name, handler) => {
  const { sessions, name } = testManager();
  const port = await serve(handler(sessions, act));
  for (const text of [
    "x",
    "; ; ;",
    `__Host-${name}`,
    `__Host-${name}=`,
    `__Host-${name}=Fe26.2*x`,
    "=".repeat(5_000),
    "other=1",
  ]) {
    const { status, body } = await rawRequest(port, "/", [], [`Session-Token: ${text}`]);
    expect([status, JSON.parse(body)]).toMatchObject([200, { subject: null, data: {} }]);
  }
});

test("a header that cannot carry it is refused", () => {
  const { sessions } = testManager();
  for (const header of ["", "Cookie", "set-cookie", "Authorization", "a b", "x:y"]) {
    expect(() => webHeaderJar(sessions, new Request("http://localhost"), new Headers(), { header })).toThrow(
      "cannot carry a session",
    );
  }
});
