import type { NextApiRequest, NextApiResponse } from "next";
import { getSession } from "../../lib/session";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const session = await getSession(req, res);
  if (req.method === "POST") {
    session.data.notes.push("API route");
    await session.save();
  }
  res.json(session.data.notes);
}
