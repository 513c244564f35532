import { withSession } from "../../../lib/session";
import { sightingOf } from "../../../lib/sighting";

/** What a route handler sees. */
export const GET = withSession((_request, session) => Response.json(sightingOf(session)));
