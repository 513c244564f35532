import type { NextApiRequest, NextApiResponse } from "next";
import { cipherOf } from "../../lib/cipher";
import { getSession } from "../../lib/session";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  res.send(cipherOf(await getSession(req, res)));
}
