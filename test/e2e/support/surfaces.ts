import { submitForm } from "./forms.js";
import { rawRequest, type RawResponse } from "./raw-http.js";

/** What a surface of the demo shows of a session: who is signed in, the masked id or why there is none, the cipher. */
export type Seen = readonly [who: string, session: string, cipher: string];

const SURFACES = ["component", "action", "route handler", "pages API", "proxy"] as const;

export type EverySurface = Readonly<Record<(typeof SURFACES)[number], Seen>>;

/** The same answer from every surface. */
export function everywhere(seen: Seen): EverySurface {
  return Object.fromEntries(SURFACES.map((surface) => [surface, seen])) as EverySurface;
}

/**
 * Sends the same `Cookie` header lines to every surface of the demo.
 *
 * @param cookieLines the values of the header's lines, one or several
 */
export async function askEverySurface(base: string, cookieLines: readonly string[]): Promise<EverySurface> {
  const headers = cookieLines.map((line) => `Cookie: ${line}`);
  const [page, acted, route, pages] = await Promise.all([
    rawRequest(base, { path: "/surfaces", headers }),
    submitForm(base, "/surfaces", 'data-testid="Server action"', headers),
    rawRequest(base, { path: "/api/session", headers }),
    rawRequest(base, { path: "/api/me", headers }),
  ]);
  return {
    component: rowOf(page, "Server component"),
    action: rowOf(acted, "Server action"),
    "route handler": seenIn(route.body),
    "pages API": seenIn(pages.body),
    proxy: seenIn(page.header("x-demo-proxy")),
  };
}

function rowOf(page: RawResponse, name: string): Seen {
  const [, row = ""] = new RegExp(`<tr data-testid="${name}">(.*?)</tr>`, "s").exec(page.body) ?? [];
  const cells = [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = ""]) => cell.replace(/<[^>]*>/g, ""));
  if (cells.length !== 3) throw new Error(`no answer in the row "${name}", HTTP ${page.status}: ${row}`);
  return cells as unknown as Seen;
}

function seenIn(json: string | undefined): Seen {
  const { subject, session, rejection, cipher } = JSON.parse(json ?? "{}") as Record<string, string | null>;
  return [subject ?? "nobody", session ?? rejection ?? "none", String(cipher)];
}
