import { readStatus } from "../../../lib/status";

/** What the admin page asks for while it is open. It opens no session: to be asked must keep none alive. */
export async function GET(): Promise<Response> {
  return Response.json(await readStatus(), { headers: { "Cache-Control": "private, no-store" } });
}

/** Of now, never of when the application was built. */
export const dynamic = "force-dynamic";
