import { view } from "../../../../http/session-data.mjs";
import { getSession } from "../../../lib/sealed";

export async function GET() {
  const session = await getSession();
  return Response.json(view(session.data));
}
