import { sessionProxy } from "./lib/session";

export const proxy = sessionProxy((request) => {
  if (process.env.LOG) console.log(request.method, request.nextUrl.pathname, JSON.stringify(Object.fromEntries(request.headers)));
});

export const config = {
  matcher: [{ source: "/((?!_next/|favicon.ico).*)", missing: [{ type: "header", key: "next-router-prefetch" }] }],
};
