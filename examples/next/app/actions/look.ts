"use server";

import { getSession } from "../../lib/session";
import { type Sighting, sightingOf } from "../../lib/sighting";

/** What a server action sees. */
export async function look(): Promise<Sighting> {
  return sightingOf(await getSession());
}
