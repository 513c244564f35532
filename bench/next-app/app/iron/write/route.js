import { view } from "../../../../http/session-data.mjs";
import { getSession } from "../../../lib/iron";

export async function GET() {
  const session = await getSession();
  session.visits++;
  await session.save();
  return Response.json(view(session));
}
