/** The pages that one can sign in from, and comes back to. */
const PAGES = ["/", "/attacks", "/cookie"] as const;

export type ReturnPage = (typeof PAGES)[number];

/** One of these and no other: an address from a form would send visitors anywhere. */
export function returnPage(text: string): ReturnPage {
  return PAGES.find((page) => page === text) ?? "/";
}
