import { unstable_cache } from "next/cache";
import { getSession } from "../../../lib/session";

const cachedNotes = unstable_cache(async () => (await getSession()).data.notes);

export async function GET() {
  try {
    return Response.json(await cachedNotes());
  } catch (error) {
    return Response.json(String(error));
  }
}
