import type { ShopSession } from "./session";

/** What one surface of Next.js sees of a request's session. Nothing in it is secret: the id is masked. */
export interface Sighting {
  readonly subject: string | null;
  readonly session: string | null;
  readonly rejection: string | null;
  readonly cipher: string;
}

export function sightingOf(session: ShopSession): Sighting {
  return {
    subject: session.subject ?? null,
    session: session.isNew ? null : session.maskedId,
    rejection: session.rejection ?? null,
    cipher: session.info().cipher,
  };
}

/** JSON that fits into a header, which takes ASCII alone; the mask's "…" and many a name are not. */
export function toHeader(sighting: Sighting): string {
  return JSON.stringify(sighting).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
