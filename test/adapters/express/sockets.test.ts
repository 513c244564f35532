import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { Session, SessionManager } from "sealed-session";
import { nodeJar, type NodeResponse, type RequestSession, sessionMiddleware } from "sealed-session/node";
import { play } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";
import { stoppableManager } from "./support/store.js";

/** A server that only upgrades. @returns what opens a connection with header lines and gives what it receives */
async function upgrading(prepare: (server: Server) => void) {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  prepare(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return (...headers: string[]) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    const lines = ["GET /chat HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: test", ...headers];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
    const contains = async (text: string): Promise<void> => {
      while (!received.includes(text)) await new Promise((resolve) => socket.once("data", resolve));
    };
    return { socket, closed, contains };
  };
}

/** As docs/express.md has it. */
function guardSockets(
  sessions: SessionManager,
  server: Server,
  origin: string,
  accept: (session: Session, request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  server.on("upgrade", (request, socket, head) => {
    const upgrade = async (): Promise<void> => {
      const session = request.headers.origin === origin ? await sessions.open(nodeJar(request)) : undefined;
      if (session?.subject === undefined) socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
      else accept(session, request, socket, head);
    };
    upgrade().catch(() => socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
  });
}

async function stillHolds(session: Session): Promise<boolean> {
  return (await session.revalidate().catch(() => undefined))?.valid ?? false;
}

test("the recipe: an upgrade asks who is there and from where, and a message whether that still holds", async () => {
  const { sessions, control } = stoppableManager();
  const open = await upgrading((server) =>
    guardSockets(sessions, server, "https://app.example", (session, _request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n");
      socket.on("data", (message) => {
        void stillHolds(session).then((holds) =>
          holds ? socket.write(`${session.subject}: ${String(message)}`) : socket.end("signed out"),
        );
      });
    }),
  );
  const origin = "Origin: https://app.example";
  expect(await open(origin).closed).toContain("401");
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const cookie = `Cookie: ${browser.header}`;
  expect(await open(cookie, "Origin: https://evil.example").closed).toContain("401");
  expect(await open(cookie).closed).toContain("401");
  const chat = open(cookie, origin);
  await chat.contains("101");
  chat.socket.write("hello");
  await chat.contains("ada: hello");
  await sessions.revokeSubject("ada");
  chat.socket.write("still there?");
  expect(await chat.closed).toContain("signed out");
  control.down = true;
  expect(await open(cookie, origin).closed).toContain("503");
});

test("the middleware reads a session where it is given no response, as the samples of ws do it", async () => {
  const { sessions, clock } = testManager();
  const middleware = sessionMiddleware(sessions);
  const open = await upgrading((server) =>
    server.on("upgrade", (request: IncomingMessage & { session?: RequestSession }, socket) => {
      middleware(request, {} as NodeResponse, () => {
        const session = request.session as RequestSession;
        session.views = 1;
        session.save((error) => {
          const { code } = error as { code: string };
          socket.end(`HTTP/1.1 401 ${session.subject} ${code}\r\n\r\n`);
        });
      });
    }),
  );
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  clock.advance(20 * 60_000);
  expect(await open(`Cookie: ${browser.header}`).closed).toContain("401 ada ERR_SESSION_READ_ONLY");
});
