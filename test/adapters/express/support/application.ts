import { sessionMiddleware } from "sealed-session/node";
import { namesSet } from "../../../support/play.js";
import { rawRequest } from "../../../support/server.js";
import { Browser } from "../../../support/sessions.js";
import { type Answer, type Request, SERVERS } from "./servers.js";
import { stoppableManager } from "./store.js";

type Options = Parameters<typeof sessionMiddleware>[1];
export const [, startExpress] = SERVERS[0] as (typeof SERVERS)[number];
export const [, startHttp] = SERVERS[3] as (typeof SERVERS)[number];

/** A server whose requests each do what the test says, and a browser. */
export async function application(manager = stoppableManager(), options: Options = {}, start = startHttp) {
  let answer: Answer = () => undefined;
  const port = await start(sessionMiddleware(manager.sessions, options), async (request, response) => {
    await answer(request, response);
    if (!response.writableEnded) response.end("done");
  });
  const browser = new Browser();
  const visit = async (work: Answer, from = browser) => {
    answer = work;
    const result = await rawRequest(port, "/", from.header === "" ? [] : [from.header]);
    from.store(result.setCookies);
    return { ...result, names: namesSet(result.setCookies) };
  };
  /** What a request of the browser is given. */
  const read = async <Value>(work: (request: Request) => Value, from = browser): Promise<Value> => {
    let value: Value | undefined;
    await visit(async (request) => void (value = await work(request)), from);
    return value as Value;
  };
  return { ...manager, port, browser, visit, read, cookie: `__Host-${manager.name}` };
}

/** What a function threw, at once or later. */
export const thrown = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
};
