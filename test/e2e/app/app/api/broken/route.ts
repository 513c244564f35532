import { withSession } from "../../../lib/session";

export const POST = withSession((_request, session) => {
  session.data.notes.push("handler, error");
  throw new Error("thrown on purpose");
});
