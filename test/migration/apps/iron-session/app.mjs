// An application of iron-session's, in the manner of its documentation.
import { getIronSession } from "iron-session";
import { options } from "./options.mjs";

const routes = {
  "/": (session) => ({ user: session.user?.id ?? null, cart: session.cart ?? [] }),
  "/login": async (session, query) => {
    session.user = { id: query.get("user") };
    await session.save();
    return {};
  },
  "/cart": async (session, query) => {
    session.cart = [...(session.cart ?? []), query.get("item")];
    await session.save();
    return {};
  },
  "/logout": async (session) => {
    session.destroy();
    return {};
  },
  "/everywhere": async (session) => {
    const { signOutEverywhere } = await import("./everywhere.mjs");
    await signOutEverywhere(session.user.id);
    return {};
  },
};

export const app = async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, "http://localhost");
  try {
    const session = await getIronSession(req, res, options);
    const answer = await routes[pathname](session, searchParams);
    res.end(JSON.stringify(answer));
  } catch (error) {
    res.statusCode = 500;
    res.end(String(error));
  }
};
