/** A response's `Set-Cookie` list with every value of one name taken out: no response may set a name twice. */
export function withoutCookie(setCookies: readonly string[], name: string): string[] {
  return setCookies.filter((line) => !line.startsWith(`${name}=`));
}

/** A `Vary` header's value with one more field in it. */
export function varyWith(existing: string | null | undefined, field: string): string {
  const fields = (existing ?? "").split(",").map((text) => text.trim());
  if (fields.includes("*") || fields.some((text) => text.toLowerCase() === field.toLowerCase())) return existing ?? "";
  return [...fields.filter((text) => text !== ""), field].join(", ");
}

/** Whether a request's headers say that its page may never be shown. */
export function isPrefetch(header: (name: string) => string | null | undefined): boolean {
  const purpose = `${header("sec-purpose") ?? ""};${header("purpose") ?? ""}`;
  return purpose.includes("prefetch") || (header("next-router-prefetch") ?? "") !== "";
}
