/** A response's `Set-Cookie` list with every value of one name taken out: no response may set a name twice. */
export function withoutCookie(setCookies: readonly string[], name: string): string[] {
  return setCookies.filter((line) => !line.startsWith(`${name}=`));
}

/** A `Vary` header's value with one more field in it. */
export function varyWith(existing: string | null | undefined, field: string): string {
  if (!existing) return field;
  const fields = existing.split(",").map((text) => text.trim());
  if (fields.includes("*") || fields.some((text) => text.toLowerCase() === field.toLowerCase())) return existing;
  return [...fields.filter((text) => text !== ""), field].join(", ");
}

/** Whether a request's headers say that its page may never be shown. */
export function isPrefetch(header: (name: string) => string | null | undefined): boolean {
  const says = (name: string): boolean => header(name)?.includes("prefetch") ?? false;
  return says("sec-purpose") || says("purpose") || (header("next-router-prefetch") ?? "") !== "";
}

/**
 * Puts a session's cookies on a response's headers, and keeps it out of shared caches, which would hand one visitor's
 * session, or what it shows, to another. A response that says itself that it is private keeps its own words.
 *
 * @throws TypeError, before anything is changed, for immutable headers (`Response.redirect`, `fetch`)
 */
export function setSessionHeaders(headers: Headers, setCookies: readonly string[]): void {
  headers.set("Vary", varyWith(headers.get("Vary"), "Cookie"));
  for (const line of setCookies) {
    const others = withoutCookie(headers.getSetCookie(), line.slice(0, line.indexOf("=")));
    headers.delete("Set-Cookie");
    for (const other of [...others, line]) headers.append("Set-Cookie", other);
  }
  if (!isPrivate(headers.get("Cache-Control"))) headers.set("Cache-Control", "private, no-store");
}

/** Whether a `Cache-Control` header keeps a response out of shared caches. */
export function isPrivate(cacheControl: string | null | undefined): boolean {
  return /\b(private|no-store)\b/i.test(cacheControl ?? "");
}

/** A copy of a response, whose own headers may be immutable, with what `setSessionHeaders` sets. */
export function mergeSessionHeaders(response: Response, setCookies: readonly string[]): Response {
  // Response.error() and an upgrade's 101 carry no headers and cannot be copied.
  if (response.status < 200) return response;
  const headers = new Headers(response.headers);
  setSessionHeaders(headers, setCookies);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
