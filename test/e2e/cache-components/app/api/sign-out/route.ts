import { withSession } from "../../../lib/session";

export const POST = withSession(async (_request, session) => {
  await session.destroy();
  return new Response(null, { status: 204 });
});
