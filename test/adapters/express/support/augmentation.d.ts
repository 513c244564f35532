import type { RequestSession } from "sealed-session/node";

declare module "sealed-session/node" {
  interface SessionData {
    views: number;
    colour: string;
    messages: string[];
    passport: { user?: unknown };
    returnTo: string;
  }
}

declare global {
  namespace Express {
    interface Request {
      session: RequestSession;
      sessionID: string;
    }
  }
}
