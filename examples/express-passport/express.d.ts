import type { RequestSession } from "sealed-session/node";
import type { User as KnownUser } from "./users.js";

declare global {
  namespace Express {
    interface Request {
      session: RequestSession;
    }
    interface User extends KnownUser {}
  }
}
