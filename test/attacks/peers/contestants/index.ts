import type { Contestant } from "../support/application.js";
import { cookieSession } from "./cookie-session.js";
import { expressSession } from "./express-session.js";
import { ironSession8, ironSession9 } from "./iron-session.js";
import { nextAuthJwt } from "./next-auth.js";
import { sealedSession } from "./sealed-session.js";
import { secureSession } from "./secure-session.js";

/** In the order of the table. */
export const CONTESTANTS: readonly Contestant[] = [
  sealedSession,
  ironSession9,
  ironSession8,
  nextAuthJwt,
  cookieSession,
  secureSession,
  expressSession,
];
