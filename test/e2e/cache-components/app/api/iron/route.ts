import { cookies } from "next/headers";
import { getIronSession } from "sealed-session/iron-session";
import { ironOptions, type Visits } from "../../../lib/iron";

export async function GET() {
  const session = await getIronSession<Visits>(await cookies(), ironOptions());
  return Response.json(session.by ?? []);
}

export async function POST() {
  const session = await getIronSession<Visits>(await cookies(), ironOptions());
  session.by = [...(session.by ?? []), "handler"];
  await session.save();
  return Response.json(session.by);
}
