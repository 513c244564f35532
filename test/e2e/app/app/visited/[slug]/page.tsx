import { getSession } from "../../../lib/session";

/** Generated at the first visit, for all visitors. */
export const generateStaticParams = (): [] => [];

export default async function VisitedPage() {
  const session = await getSession();
  return <p id="notes">{session.data.notes.join(",") || "none"}</p>;
}
