import { USER, dataOf } from "../../../../http/session-data.mjs";
import { getSession } from "../../../lib/sealed";

export async function GET(request) {
  const visitor = Number(request.nextUrl.searchParams.get("visitor"));
  const session = await getSession();
  session.data = dataOf(visitor);
  await session.login(USER);
  return new Response();
}
