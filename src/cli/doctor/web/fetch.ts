import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Clock } from "../../../clock.js";

/** What the application answered, header by header as it came. */
export interface Answer {
  readonly status: number;
  readonly setCookies: readonly string[];
  /** The values of a header, those of several lines joined. */
  readonly header: (name: string) => string | undefined;
  /** When the request was sent and when the answer's headers were there, in ms. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Why there is no answer: Node's error code. */
export interface NoAnswer {
  readonly failure: string;
}

/** More than any server sends in earnest, so that one that sends too much can be told so. */
const MAX_HEADER_BYTES = 131_072;

/** Asks once, as a browser would that follows no redirect; the body is not read. */
export async function fetchHeaders(
  url: URL,
  cookie: string | undefined,
  timeout: number,
  clock: Clock,
): Promise<Answer | NoAnswer> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const sentAt = clock();
  return new Promise((resolve) => {
    const sent = request(
      url,
      {
        headers: { accept: "text/html,*/*;q=0.8", "user-agent": "sealed-session-doctor", ...(cookie && { cookie }) },
        maxHeaderSize: MAX_HEADER_BYTES,
        signal: AbortSignal.timeout(timeout),
        agent: false,
      },
      (response) => {
        resolve({ ...answerOf(response), sentAt, receivedAt: clock() });
        response.destroy();
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const timedOut = error.name === "AbortError" || error.name === "TimeoutError";
      resolve({ failure: timedOut ? "TIMEOUT" : (error.code ?? error.name) });
    });
    sent.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ failure: "UPGRADED" });
    });
    // Whatever else may end a request: one that is never settled would end the process without a word.
    sent.on("close", () => resolve({ failure: "CLOSED" }));
    sent.end();
  });
}

function answerOf(response: IncomingMessage): Omit<Answer, "sentAt" | "receivedAt"> {
  const { statusCode = 0, headersDistinct } = response;
  return {
    status: statusCode,
    setCookies: headersDistinct["set-cookie"] ?? [],
    header: (name) => headersDistinct[name]?.join(", "),
  };
}
