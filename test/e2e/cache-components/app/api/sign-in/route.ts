import { withSession } from "../../../lib/session";

export const POST = withSession(async (request, session) => {
  await session.login(request.nextUrl.searchParams.get("user") ?? "");
  return new Response(null, { status: 204 });
});
