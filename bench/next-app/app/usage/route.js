import { usage } from "../../../http/session-data.mjs";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json(usage());
}
