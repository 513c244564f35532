import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { sessionMiddleware } from "sealed-session/node";
import { namesSet } from "../../support/play.js";
import { rawRequest } from "../../support/server.js";
import { Browser } from "../../support/sessions.js";
import { type Answer, SERVERS } from "./support/servers.js";
import { stoppableManager } from "./support/store.js";

/** What a handler saw, for the test to look at after the response. */
interface Seen {
  readonly [what: string]: unknown;
}

describe.each(SERVERS)("the response on %s", (_name, start) => {
  async function answering(answer: Answer) {
    const manager = stoppableManager();
    const port = await start(sessionMiddleware(manager.sessions), answer);
    const guest = `__Host-${manager.name}.guest`;
    return { ...manager, port, guest, get: (more: string[] = []) => rawRequest(port, "/", [], more) };
  }

  test("goes straight through when nothing changed", async () => {
    const seen: unknown[] = [];
    const { get, control } = await answering((_request, response) => {
      seen.push(response.write("a"), response.writableEnded, response.end("b"), response.writableEnded);
      seen[2] = seen[2] === response;
    });
    expect((await get()).body).toBe("ab");
    expect(seen).toEqual([true, false, true, true]);
    expect(control.asked).toEqual([]);
  });

  test("is held until it is saved, and looks sent meanwhile", async () => {
    let seen: Seen = {};
    const { get, guest } = await answering((request, response) => {
      request.session.views = 1;
      response.setHeader("X-Before", "yes");
      const written = response.write("one ");
      const error = (verb: () => unknown): unknown => {
        try {
          return verb();
        } catch (thrown) {
          return (thrown as { code?: string }).code;
        }
      };
      seen = {
        written,
        headersSent: response.headersSent,
        set: error(() => response.setHeader("X-Late", "1")),
        append: error(() => response.appendHeader("X-Late", "1")),
        remove: error(() => response.removeHeader("X-Before")),
        head: error(() => response.writeHead(500, { "X-Late": "1" })),
      };
      response.statusCode = 500;
      response.write("two ");
      response.end("three");
      seen = { ...seen, ended: response.writableEnded };
      response.end();
    });
    const { status, body, setCookies, headers } = await get();
    expect(seen).toEqual({
      written: false,
      headersSent: true,
      set: "ERR_HTTP_HEADERS_SENT",
      append: "ERR_HTTP_HEADERS_SENT",
      remove: "ERR_HTTP_HEADERS_SENT",
      head: "ERR_HTTP_HEADERS_SENT",
      ended: true,
    });
    expect([status, body]).toEqual([200, "one two three"]);
    expect(namesSet(setCookies)).toEqual([guest]);
    expect(headers).toContainEqual(["x-before", "yes"]);
    expect(headers.some(([name]) => name === "x-late")).toBe(false);
  });

  test("calls back in order, and drains", async () => {
    const order: string[] = [];
    const { get } = await answering(async (request, response) => {
      request.session.views = 1;
      const finished = once(response, "finish");
      expect(response.write("one", () => order.push("one"))).toBe(false);
      response.write("two", "latin1", () => order.push("two"));
      await once(response, "drain");
      response.end("three", () => order.push("end"));
      await finished;
      order.push("finish");
    });
    expect((await get()).body).toBe("onetwothree");
    expect(order).toEqual(["one", "two", "end", "finish"]);
  });

  test.each<[string, (source: Readable, response: ServerResponse) => unknown]>([
    ["pipe", (source, response) => source.pipe(response)],
    ["pipeline", (source, response) => pipeline(source, response)],
    [
      "pipeline of a generator",
      (source, response) =>
        pipeline(async function* () {
          for await (const chunk of source) yield chunk as Buffer;
        }, response),
    ],
  ])("a stream by %s arrives whole", async (_how, send) => {
    const parts = Array.from({ length: 200 }, (_, i) => Buffer.alloc(16_384, i));
    const { get, guest } = await answering(async (request, response) => {
      request.session.views = 1;
      await send(Readable.from(parts), response);
    });
    const { body, setCookies } = await get();
    expect(Buffer.from(body, "latin1").equals(Buffer.concat(parts))).toBe(true);
    expect(namesSet(setCookies)).toEqual([guest]);
  });

  test.each<[string, (response: ServerResponse) => unknown, string[]]>([
    ["an object", (response) => response.writeHead(201, { "Set-Cookie": "theme=dark" }), ["theme"]],
    [
      "an object and a reason",
      (response) => response.writeHead(201, "Made", { "set-cookie": ["theme=dark", "b=1"] }),
      ["theme", "b"],
    ],
    [
      "a list",
      (response) => response.writeHead(201, ["Set-Cookie", "theme=dark", "X-A", "1", "Set-Cookie", "b=1"]),
      ["theme", "b"],
    ],
  ])("writeHead with cookies in %s keeps the session's", async (_how, writeHead, names) => {
    for (const when of ["saved with the response", "saved before"]) {
      const { get, guest } = await answering(async (request, response) => {
        request.session.views = 1;
        if (when === "saved before") await request.session.save();
        writeHead(response);
        response.end("made");
      });
      const { status, setCookies, headers, body } = await get();
      expect([status, body, namesSet(setCookies)]).toEqual([201, "made", [...names, guest]]);
      expect(headers).toContainEqual(["cache-control", "private, no-store"]);
    }
  });

  test("a response that sets a session's cookie stays out of shared caches, whatever it says itself", async () => {
    const { get } = await answering(async (request, response) => {
      request.session.views = 1;
      await request.session.save();
      response.writeHead(200, { "Cache-Control": "public, max-age=600", Vary: "Accept" });
      response.end();
    });
    const { headers } = await get();
    expect(headers).toContainEqual(["cache-control", "private, no-store"]);
    expect(headers).toContainEqual(["vary", "Accept, Cookie"]);
  });

  test("setHeader in place of the session's cookie does not lose it, nor set one name twice", async () => {
    const { get, guest } = await answering(async (request, response) => {
      request.session.views = 1;
      await request.session.save();
      response.setHeader("Set-Cookie", ["theme=dark", `${guest}=mine`]);
      response.end();
    });
    const { setCookies } = await get();
    expect(namesSet(setCookies)).toEqual(["theme", guest]);
    expect(setCookies[1]).toContain("=Fe26.2*");
  });

  test("flushHeaders first", async () => {
    const { get, guest } = await answering((request, response) => {
      request.session.views = 1;
      response.flushHeaders();
      response.end("late body");
    });
    const { body, setCookies } = await get();
    expect([body, namesSet(setCookies)]).toEqual(["late body", [guest]]);
  });

  test("after save() nothing is written a second time", async () => {
    const results: unknown[] = [];
    const { get, control } = await answering(async (request, response) => {
      request.session.views = 1;
      results.push(await request.session.save(), await request.session.save());
      expect(response.write("straight")).toBe(true);
      response.end();
    });
    expect((await get()).setCookies).toHaveLength(1);
    expect(results).toEqual([{ written: true }, { written: false, reason: "unchanged" }]);
    expect(control.asked).toEqual(["issue"]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["end", (response) => response.setHeader("Content-Length", 3).setHeader("ETag", '"x"').end("abc")],
    ["write", (response) => void response.write("a part")],
    ["writeHead", (response) => response.writeHead(201, { "Content-Type": "image/png" }).end("abc")],
  ])("a save that fails is an error in place of the answer: nothing of it was sent (%s)", async (_how, send) => {
    const { get, control } = await answering((request, response) => {
      request.session.views = 1;
      send(response);
    });
    control.down = true;
    const { status, body, setCookies, headers } = await get();
    expect(status).toBe(503);
    expect(body).not.toContain("abc");
    expect(setCookies).toEqual([]);
    expect(headers.some(([name, value]) => name === "etag" || value === "image/png")).toBe(false);
  });

  test("who still streams into the answer that failed does no harm, and hears of it", async () => {
    const heard: unknown[] = [];
    const { get, control } = await answering((request, response) => {
      request.session.views = 1;
      response.write("a", (error) => heard.push((error as { code?: string } | undefined)?.code));
      // The other answer has ended, and is not yet sent.
      response.once("prefinish", () => heard.push(response.write("more"), response.end("more") === response));
    });
    control.down = true;
    const { status, body } = await get();
    expect([status, body.includes("more")]).toEqual([503, false]);
    expect(heard).toEqual(["ERR_REVOCATION_UNAVAILABLE", false, true]);
  });

  test("what Node would have refused at once is an error, too", async () => {
    const { get } = await answering((request, response) => {
      request.session.views = 1;
      response.end({ not: "a chunk" } as never);
    });
    expect((await get()).status).toBe(500);
  });

  test("data that cannot be kept are an error, not a lost change", async () => {
    for (const value of [new Date(), Number.NaN, () => 1, 1n, new Map()]) {
      const { get } = await answering((request, response) => {
        Object.assign(request.session, { value });
        response.end("fine");
      });
      expect((await get()).status).toBe(500);
    }
  });

  test("a visitor who leaves while it is saved: it is saved, and nothing breaks", async () => {
    const events: string[] = [];
    const { port, control, sessions } = await answering(async (request, response) => {
      response.on("close", () => events.push("close"));
      if (request.url === "/logout") request.session.destroy().catch(() => undefined);
      else await request.session.login("ada");
      response.write("x");
      response.end("y");
    });
    const browser = new Browser();
    browser.store((await rawRequest(port, "/login", [])).setCookies);
    control.gates.close("revokeSession");
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET /logout HTTP/1.1\r\nHost: localhost\r\nCookie: ${browser.header}\r\n\r\n`);
    await control.gates.reached("revokeSession");
    socket.destroy();
    while (events.length < 2) await new Promise((resolve) => setImmediate(resolve));
    control.gates.open("revokeSession");
    const stats = () => sessions.revocations.stats();
    while ((await stats()).sessions === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await stats()).sessions).toBe(1);
  });

  test("a sign-out that nobody waited for is waited for, and its failure is the answer", async () => {
    const { port, control } = await answering(async (request, response) => {
      if (request.url === "/login") await request.session.login("ada");
      if (request.url === "/logout") void request.session.destroy();
      response.end(request.session?.subject ?? "nobody");
    });
    const signIn = async () => {
      const browser = new Browser();
      browser.store((await rawRequest(port, "/login", [])).setCookies);
      return browser;
    };
    const [ada, again] = [await signIn(), await signIn()];
    const { body, setCookies } = await rawRequest(port, "/logout", [ada.header]);
    expect([body, setCookies.length]).toEqual(["nobody", 1]);
    expect((await rawRequest(port, "/", [ada.header])).body).toBe("nobody");
    control.gates.close("revokeSession");
    const failing = rawRequest(port, "/logout", [again.header]);
    await control.gates.reached("revokeSession");
    control.down = true;
    control.gates.open("revokeSession");
    expect((await failing).status).toBe(503);
  });

  test("a failure that the application was told of is its own to answer", async () => {
    const { port, control } = await answering(async (request, response) => {
      if (request.url === "/login") {
        await request.session.login("ada");
        response.end();
        return;
      }
      control.down = true;
      request.session.views = 1;
      const codes: unknown[] = [];
      await request.session.save().catch((error: { code: string }) => codes.push(error.code));
      await new Promise<void>((resolve) => {
        request.session.destroy((error) => {
          codes.push((error as { code: string }).code);
          resolve();
        });
      });
      response.end(JSON.stringify(codes));
    });
    const browser = new Browser();
    browser.store((await rawRequest(port, "/login", [])).setCookies);
    const { body, status, setCookies } = await rawRequest(port, "/", [browser.header]);
    expect([status, JSON.parse(body)]).toEqual([200, ["ERR_REVOCATION_UNAVAILABLE", "ERR_REVOCATION_UNAVAILABLE"]]);
    // The visitor asked to be signed out of this browser.
    expect(setCookies.every((line) => line.includes("Max-Age=0"))).toBe(true);
  });

  test("a change after the response has begun is lost, and a warning says so once", async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const { get } = await answering((request, response) => {
      response.write("begun");
      request.session.views = 1;
      response.end();
    });
    expect((await get()).setCookies).toEqual([]);
    await get();
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("change it before res.write(), writeHead() or flushHeaders()");
  });
});
