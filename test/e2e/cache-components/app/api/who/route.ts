import { withSession } from "../../../lib/session";

export const GET = withSession((_request, session) => new Response(session.subject ?? "nobody"));
