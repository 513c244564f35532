import { takeTally } from "../../../lib/tally";

export const POST = () => Response.json(takeTally());
