export { sessionManagerOf } from "./managed-options.js";
export { managedSession } from "./managed-session.js";
