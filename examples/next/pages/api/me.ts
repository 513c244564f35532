import type { NextApiRequest, NextApiResponse } from "next";
import { getSession } from "../../lib/session";
import { type Sighting, sightingOf } from "../../lib/sighting";

/** What an API route of the pages router sees. */
export default async function handler(request: NextApiRequest, response: NextApiResponse<Sighting>): Promise<void> {
  response.json(sightingOf(await getSession(request, response)));
}
