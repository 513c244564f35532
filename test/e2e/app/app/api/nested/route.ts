import { withSession } from "../../../lib/session";
import { POST as addNote } from "../notes/route";

export const POST = withSession(async (request, session, context) => {
  const response = await addNote(request, context);
  session.data.notes.push("after the inner handler");
  return response;
});
