import { redirect } from "next/navigation";
import { withSession } from "../../../lib/session";

export const POST = withSession((_request, session) => {
  session.data.notes.push("handler, redirect");
  redirect("/shared?from=handler;1");
});
