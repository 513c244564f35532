import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
export type WebHandler = (request: Request) => Response | Promise<Response>;

/** What came back, with every header line as it was sent: a header object would join some of them. */
export interface RawResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** A server on a free port of the loopback interface; it stops when the test ends. What a handler throws is a 500. */
export async function serve(handler: NodeHandler): Promise<number> {
  const server = createServer((request, response) => {
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(error instanceof Error ? `${error.name}: ${error.message}` : "unknown");
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Runs a web-standard handler behind node:http, handing it every header line as it came, like the runtimes do. */
export function bridge(handler: WebHandler): NodeHandler {
  return async (incoming, outgoing) => {
    const headers = new Headers();
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      headers.append(incoming.rawHeaders[i] as string, incoming.rawHeaders[i + 1] as string);
    }
    const response = await handler(
      new Request(`http://localhost${incoming.url}`, { method: incoming.method ?? "GET", headers }),
    );
    const lines = [...response.headers].filter(([name]) => name !== "set-cookie");
    outgoing.writeHead(
      response.status,
      [...lines, ...response.headers.getSetCookie().map((line) => ["set-cookie", line])].flat(),
    );
    outgoing.end(await response.text());
  };
}

/**
 * One request, sent as these very bytes.
 *
 * @param cookies the `Cookie` header lines, latin1
 */
export function rawRequest(
  port: number,
  path: string,
  cookies: readonly string[],
  more: readonly string[] = [],
): Promise<RawResponse> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Connection: close",
    ...cookies.map((text) => `Cookie: ${text}`),
    ...more,
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1")),
    );
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(parse(Buffer.concat(chunks).toString("latin1"))));
  });
}

function parse(text: string): RawResponse {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const setCookies = headers.flatMap(([name, value]) => (name === "set-cookie" ? value : []));
  const chunked = headers.some(([name, value]) => name === "transfer-encoding" && value === "chunked");
  const body = text.slice(end + 4);
  return { status: Number(statusLine.split(" ")[1]), headers, setCookies, body: chunked ? unchunk(body) : body };
}

function unchunk(body: string): string {
  let text = "";
  for (let at = 0; ;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    if (!(size > 0)) return text;
    text += body.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 4 + size;
  }
}
