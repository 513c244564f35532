/**
 * The response that a thrown `redirect()`, `notFound()`, `forbidden()` or `unauthorized()` stands for. Next.js makes
 * one itself, but drops the cookies that were set before all of them but the first.
 *
 * @returns `undefined` for any other error
 */
export function thrownResponse(error: unknown): Response | undefined {
  const digest = (error as { digest?: unknown } | null | undefined)?.digest;
  if (typeof digest !== "string") return undefined;
  const [kind, ...rest] = digest.split(";");
  if (kind === "NEXT_HTTP_ERROR_FALLBACK") return withStatus(Number(rest[0]), {});
  if (kind !== "NEXT_REDIRECT") return undefined;
  // NEXT_REDIRECT;<type>;<url>;<status>; where the URL may hold semicolons itself
  return withStatus(Number(rest.at(-2)), { Location: rest.slice(1, -2).join(";") });
}

function withStatus(status: number, headers: Record<string, string>): Response | undefined {
  return Number.isInteger(status) && status >= 300 && status < 500
    ? new Response(null, { status, headers })
    : undefined;
}
