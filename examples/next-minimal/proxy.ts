import { sessionProxy } from "./lib/session";

// Components cannot set cookies, so this renews sessions. It protects nothing: pages do that themselves.
export const proxy = sessionProxy();

export const config = {
  matcher: [{ source: "/((?!_next/|favicon.ico).*)", missing: [{ type: "header", key: "next-router-prefetch" }] }],
};
