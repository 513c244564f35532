import type { IncomingMessage, ServerResponse } from "node:http";
import connect from "connect";
import express5, { type Express } from "express";
import express4 from "express-4";
import type { RequestSession, SessionMiddleware } from "sealed-session/node";
import { serve } from "../../../support/server.js";

export const EXPRESSES: [name: string, express: typeof express5][] = [
  ["Express 5", express5],
  ["Express 4", express4],
];

export type Request = IncomingMessage & { session: RequestSession; sessionID: string };

/** What answers a request once it has its session. What it throws goes where its framework puts errors. */
export type Answer = (request: Request, response: ServerResponse) => Promise<void> | void;

/** Serves an Express application; errors are answered as in production, without a stack and without a log. */
export function serveExpress(app: Express): Promise<number> {
  app.set("env", "test");
  return serve(app);
}

async function run(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  fail: (error: unknown) => void,
): Promise<void> {
  try {
    await answer(request as Request, response);
  } catch (error) {
    fail(error);
  }
}

/** One answer behind the middleware, on each kind of server. */
export const SERVERS: [name: string, start: (middleware: SessionMiddleware, answer: Answer) => Promise<number>][] = [
  ...EXPRESSES.map(([name, express]): (typeof SERVERS)[number] => [
    name,
    (middleware, answer) => {
      const app = express();
      app.use(middleware);
      app.use((request, response, next) => void run(answer, request, response, next));
      return serveExpress(app);
    },
  ]),
  [
    "Connect",
    (middleware, answer) => {
      const app = connect();
      app.use(middleware);
      app.use((request: IncomingMessage, response: ServerResponse, next: connect.NextFunction) => {
        void run(answer, request, response, next);
      });
      return serve(app);
    },
  ],
  [
    "node:http",
    (middleware, answer) =>
      serve((request, response) => {
        const fail = (error: unknown): void => {
          if (response.headersSent) response.destroy();
          response.statusCode = (error as { status?: number }).status ?? 500;
          response.end(String(error));
        };
        middleware(request, response, (error) =>
          error === undefined ? void run(answer, request, response, fail) : fail(error),
        );
      }),
  ],
];
