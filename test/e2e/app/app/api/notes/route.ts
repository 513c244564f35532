import { withSession } from "../../../lib/session";

export const GET = withSession((_request, session) => Response.json(session.data.notes));

export const POST = withSession((_request, session) => {
  session.data.notes.push("handler");
  return Response.json(session.data.notes);
});
