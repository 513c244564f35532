import { notFound } from "next/navigation";
import { withSession } from "../../../lib/session";

export const POST = withSession((_request, session) => {
  session.data.notes.push("handler, notFound");
  notFound();
});
