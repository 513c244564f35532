export { sessionManagerOf } from "./managed-options.js";
export { sealedSession } from "./managed-session.js";
