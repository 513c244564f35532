/*
 * A small application, written for iron-session 9 as its documentation shows it. The tests run it as it stands, and
 * with nothing but the first line changed.
 */
import { getIronSession, nodeCookies, sealData, unsealData } from "iron-session";
import { createServer } from "node:http";

const password = process.env.SESSION_PASSWORD;
const options = { cookieName: "shop_session", password, chunk: true };

async function readBody(req) {
  let text = "";
  for await (const chunk of req) text += chunk;
  return text;
}

const routes = {
  "/": async (req, res) => {
    const session = await getIronSession(req, res, options);
    return { user: session.user ?? null, cart: session.cart ?? [] };
  },
  "/login": async (req, res, url) => {
    const session = await getIronSession(req, res, options);
    session.user = { name: url.searchParams.get("name"), at: Date.now() };
    await session.save();
    return { ok: true };
  },
  "/cart": async (req, res, url) => {
    const session = await getIronSession(nodeCookies(req, res), options);
    session.cart = [...(session.cart ?? []), url.searchParams.get("item")];
    await session.save();
    return { cart: session.cart };
  },
  "/note": async (req, res) => {
    const session = await getIronSession(req, res, options);
    session.note = await readBody(req);
    await session.save();
    return { length: session.note.length };
  },
  "/logout": async (req, res) => {
    const session = await getIronSession(req, res, options);
    session.destroy();
    await session.save();
    return { ok: true };
  },
  "/link": async (_req, _res, url) => ({
    token: await sealData({ email: url.searchParams.get("email") }, { password, ttl: 900 }),
  }),
  "/confirm": async (_req, _res, url) => unsealData(url.searchParams.get("token"), { password, ttl: 900 }),
};

async function handle(req, res) {
  const url = new URL(req.url, "http://localhost");
  try {
    const answer = await routes[url.pathname](req, res, url);
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(answer));
  } catch (error) {
    res.statusCode = 500;
    res.end(String(error));
  }
}

const server = createServer((req, res) => void handle(req, res));
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit());
