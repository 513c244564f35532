import { cipherOf } from "../../../lib/cipher";
import { withSession } from "../../../lib/session";

export const GET = withSession((_request, session) => new Response(cipherOf(session)));
