import { createNextSessions } from "sealed-session/next";
import { SECRET } from "../../http/session-data.mjs";

export const { getSession } = createNextSessions({ name: "app", keyring: SECRET });
