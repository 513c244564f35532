import { dataOf, view } from "../../../http/session-data.mjs";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json(view(dataOf(0)));
}
