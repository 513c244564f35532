import type { NextApiRequest, NextApiResponse } from "next";
import { getSession } from "../../lib/session";
export default async function handler(req: NextApiRequest, res: NextApiResponse) { const s = await getSession(req, res); res.json({ subject: s.subject ?? null, info: s.info(), rejection: s.rejection ?? null }); }
