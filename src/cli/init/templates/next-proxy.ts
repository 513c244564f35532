/**
 * `proxy.ts`, or `middleware.ts` as it is called before Next.js 16.
 *
 * @param asksForNode whether it must say that it runs in Node
 */
export function nextProxy(sessionImport: string, name: "proxy" | "middleware", asksForNode: boolean): string {
  return `import { sessionProxy } from "${sessionImport}";

// Components cannot set cookies: this renews sessions for them, and sees to it that a flash message is shown once.
export const ${name} = sessionProxy();

export const config = {
${asksForNode ? `  runtime: "nodejs", // on the edge there are no files\n` : ""}  matcher: [
    {
      source: "/((?!_next/static|_next/image|favicon.ico).*)",
      // A page that is only prefetched is no visit.
      missing: [{ type: "header", key: "next-router-prefetch" }],
    },
  ],
};
`;
}
