import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGzip } from "node:zlib";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { sessionMiddleware } from "sealed-session/node";
import { namesSet } from "../../support/play.js";
import { EXPRESSES, serveExpress } from "./support/servers.js";
import { stoppableManager } from "./support/store.js";

describe.each(EXPRESSES)("what %s sends", (_name, express) => {
  function application() {
    const { sessions, name, control } = stoppableManager();
    const app = express();
    return {
      app,
      control,
      guest: `__Host-${name}.guest`,
      middleware: sessionMiddleware(sessions),
      start: () => serveExpress(app),
    };
  }
  const ask = async (port: number, url: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${url}`, init);
    return {
      response,
      body: Buffer.from(await response.arrayBuffer()),
      cookies: namesSet(response.headers.getSetCookie()),
    };
  };

  test("HEAD, 304 and 204 carry the cookie and no body", async () => {
    const { app, middleware, start, guest } = application();
    app.use(middleware);
    app.get("/", (req, res) => {
      req.session.views = 1;
      res.send("hello");
    });
    app.get("/none", (req, res) => {
      req.session.views = 1;
      res.sendStatus(204);
    });
    const port = await start();
    const first = await ask(port, "/");
    const etag = first.response.headers.get("etag") ?? "";
    const head = await ask(port, "/", { method: "HEAD" });
    expect([head.response.headers.get("content-length"), head.body.length, head.cookies]).toEqual(["5", 0, [guest]]);
    const unchanged = await ask(port, "/", { headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" } });
    expect([unchanged.response.status, unchanged.body.length, unchanged.cookies]).toEqual([304, 0, [guest]]);
    const none = await ask(port, "/none");
    expect([none.response.status, none.cookies]).toEqual([204, [guest]]);
  });

  test("a file: whole, in part, or not modified", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-file-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bytes = Buffer.alloc(300_000, "abc");
    writeFileSync(path.join(folder, "file.txt"), bytes);
    const { app, middleware, start, guest } = application();
    const done: unknown[] = [];
    app.use(middleware);
    app.get("/file", (req, res) => {
      req.session.views = 1;
      res.sendFile(path.join(folder, "file.txt"), (error) => done.push(error));
    });
    const port = await start();
    const whole = await ask(port, "/file");
    expect([whole.body.equals(bytes), whole.cookies]).toEqual([true, [guest]]);
    const part = await ask(port, "/file", { headers: { Range: "bytes=1-4" } });
    expect([part.response.status, part.body.toString(), part.cookies]).toEqual([206, "bcab", [guest]]);
    const etag = whole.response.headers.get("etag") ?? "";
    const unchanged = await ask(port, "/file", { headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" } });
    expect([unchanged.response.status, unchanged.cookies]).toEqual([304, [guest]]);
    expect(done).toEqual([undefined, undefined, undefined]);
  });

  test("an answer twice is the error that it always was, and does not change the first", async () => {
    const { app, middleware, start, guest } = application();
    const errors: unknown[] = [];
    app.use(middleware);
    app.get("/", (req, res) => {
      req.session.views = 1;
      res.send("first");
      try {
        res.status(500).send("second");
      } catch (error) {
        errors.push((error as { code?: string }).code);
      }
    });
    const { response, body, cookies } = await ask(await start(), "/");
    expect([response.status, body.toString(), cookies]).toEqual([200, "first", [guest]]);
    expect(errors).toEqual(["ERR_HTTP_HEADERS_SENT"]);
  });

  test("an error after a change is the application's error page, and the change is kept", async () => {
    const { app, middleware, start, guest } = application();
    app.use(middleware);
    app.get("/", (req) => {
      req.session.views = 1;
      throw new Error("no luck");
    });
    app.use(((_error, _req, res, _next) => void res.status(418).json({ sorry: true })) as ErrorRequestHandler);
    const { response, body, cookies } = await ask(await start(), "/");
    expect([response.status, body.toString(), cookies]).toEqual([418, '{"sorry":true}', [guest]]);
  });

  test("a save that fails comes to the application's error page, once", async () => {
    const { app, middleware, start, control } = application();
    const errors: unknown[] = [];
    app.use(middleware);
    app.get("/", (req, res) => {
      req.session.views = 1;
      res.json({ fine: true });
    });
    app.use(((error: { status?: number; code?: string }, req, res, _next) => {
      errors.push(error.code);
      req.session.views = 2;
      res.status(error.status ?? 500).send("<p>try again</p>");
    }) as ErrorRequestHandler);
    control.down = true;
    const { response, body } = await ask(await start(), "/");
    expect([response.status, body.toString()]).toEqual([503, "<p>try again</p>"]);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(errors).toEqual(["ERR_REVOCATION_UNAVAILABLE"]);
  });

  /** What compression and its like do: they replace what sends, and write the head themselves. */
  const gzip: RequestHandler = (_req, res, next) => {
    const { write, end } = res;
    const stream = createGzip();
    let begun = false;
    const begin = (): void => {
      if (!begun) res.setHeader("Content-Encoding", "gzip");
      begun = true;
      // As compression 1.7 does, with every part for which it finds no head.
      const { _header: head } = res as unknown as { _header: unknown };
      if (!head) res.writeHead(res.statusCode);
    };
    stream.on("data", (chunk: Buffer) => {
      if (!(write as (chunk: Buffer) => boolean).call(res, chunk)) stream.pause();
    });
    stream.on("end", () => (end as () => unknown).call(res));
    res.on("drain", () => stream.resume());
    res.write = ((chunk: Buffer) => (begin(), stream.write(chunk))) as typeof res.write;
    res.end = ((chunk?: Buffer) => (begin(), stream.end(chunk), res)) as typeof res.end;
    next();
  };

  test.each(["before", "after"])("compression %s the session", async (place) => {
    const { app, middleware, start, guest } = application();
    for (const layer of place === "before" ? [gzip, middleware] : [middleware, gzip]) app.use(layer);
    const text = Array.from({ length: 2_000 }, (_, i) => `${i} ${Math.sqrt(i + 1)} ${Math.cbrt(i + 2)}\n`.repeat(3));
    app.get("/", (req, res) => {
      req.session.views = 1;
      for (const line of text) res.write(line);
      res.end("the end");
    });
    const port = await start();
    const { response, body, cookies } = await ask(port, "/");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(body.toString() === `${text.join("")}the end`).toBe(true);
    expect(cookies).toEqual([guest]);
  });
});
