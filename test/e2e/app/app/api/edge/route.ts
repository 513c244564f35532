import { withSession } from "../../../lib/session";

export const runtime = "edge";

export const GET = withSession((_request, session) =>
  Response.json({ cipher: session.info().cipher, notes: session.data.notes }),
);
