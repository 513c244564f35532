import { connect } from "node:net";

export interface RawRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Whole header lines: names may come twice, which no object of headers can say. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

export interface RawResponse {
  readonly status: number;
  /** The first value of a header. */
  header(name: string): string | undefined;
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** One HTTP/1.1 request as bytes over a socket: clients tidy headers up, and what they tidy is tested here. */
export async function rawRequest(base: string, request: RawRequest): Promise<RawResponse> {
  const { hostname, port, host, origin } = new URL(base);
  const { method = "GET", path, headers = [], body = "" } = request;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...(method === "POST" ? [`Origin: ${origin}`, `Content-Length: ${Buffer.byteLength(body)}`] : []),
    ...headers,
    "Connection: close",
  ];
  const bytes = await exchange(hostname, Number(port), `${lines.join("\r\n")}\r\n\r\n${body}`);
  return parseResponse(bytes);
}

function exchange(host: string, port: number, message: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ host, port }, () => socket.write(message));
    socket.on("data", (data) => received.push(data));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(received)));
  });
}

function parseResponse(bytes: Buffer): RawResponse {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const header = (name: string): string | undefined => fields.find(([field]) => field === name)?.[1];
  const content = bytes.subarray(end + 4);
  return {
    status: Number(statusLine.split(" ")[1]),
    header,
    setCookies: fields.filter(([field]) => field === "set-cookie").map(([, value]) => value),
    body: (header("transfer-encoding") === "chunked" ? dechunk(content) : content).toString("utf8"),
  };
}

function dechunk(content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = content.indexOf("\r\n", at);
    const size = Number.parseInt(content.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(content.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The names of the cookies that a response sets, in its order. */
export function cookieNames({ setCookies }: RawResponse): string[] {
  return setCookies.map((line) => line.slice(0, line.indexOf("=")));
}

/** The `Cookie` header of a browser that had no cookies before a response. */
export function cookiesOf({ setCookies }: RawResponse): string {
  return setCookies.map((line) => line.split(";")[0]).join("; ");
}
