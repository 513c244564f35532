// The page's sessions, served by node:http instead of Next.js: what they take over is the same.
import { NextRequest } from "next/server.js";
import { nodeJar } from "sealed-session/node";
import { sessions, sessionProxy } from "./session";

const proxy = sessionProxy();

/** What Next.js does with `proxy.ts` before a page. */
async function runProxy(req, res) {
  const request = new NextRequest(`https://shop.example${req.url}`, { headers: { cookie: req.headers.cookie ?? "" } });
  const response = await proxy(request, {});
  res.setHeader("set-cookie", response.headers.getSetCookie());
}

export const app = async (req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://localhost");
  if (pathname === "/proxy") {
    await runProxy(req, res);
    res.end();
    return;
  }
  const session = await sessions.open(nodeJar(req, res));
  await session.save();
  if (pathname === "/login") await session.login(searchParams.get("user") ?? "");
  if (pathname === "/logout") await session.destroy();
  if (pathname === "/everywhere") await sessions.revokeSubject(session.subject ?? "");
  res.end(JSON.stringify({ user: session.subject ?? null, data: session.data }));
};
