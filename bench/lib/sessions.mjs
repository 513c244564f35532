import { nodeJar } from "sealed-session/node";
import { newResponse } from "./response.mjs";

/** The `Cookie` header of a visitor who signed in and has this data in the session. */
export async function signedIn(sessions, data, subject = "ada") {
  const response = newResponse();
  const session = await sessions.open(nodeJar({ headers: {} }, response));
  session.data = data;
  await session.login(subject);
  return response.cookies();
}

/** Opens a request's session and reads it, as a handler does. @throws when the request brought none */
export async function readSession(sessions, cookie) {
  const session = await sessions.open(nodeJar({ headers: { cookie } }));
  if (session.subject === undefined) throw new Error(`no session: ${session.rejection}`);
  return session.data;
}

/** Opens the session of a request whose cookie is worth nothing. @throws when it was accepted */
export async function refuseSession(sessions, cookie) {
  const session = await sessions.open(nodeJar({ headers: { cookie } }));
  if (!session.isNew) throw new Error("the cookie was accepted");
}
