import { dataOf } from "../../../../http/session-data.mjs";
import { getSession } from "../../../lib/iron";

export async function GET(request) {
  const visitor = Number(request.nextUrl.searchParams.get("visitor"));
  const session = await getSession();
  Object.assign(session, dataOf(visitor));
  await session.save();
  return new Response();
}
