import { withSession } from "../../../../lib/session";

export const dynamic = "force-static";
export const generateStaticParams = (): [] => [];

export const GET = withSession((_request, session) => Response.json(session.data.notes));
