import { withSession } from "../../../lib/adopting";

export const GET = withSession((_request, session) =>
  Response.json({ subject: session.subject ?? null, rejection: session.rejection ?? null }),
);

export const DELETE = withSession(async (_request, session) => {
  await session.destroy();
  return Response.json({});
});
