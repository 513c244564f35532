import { getSession } from "../../../lib/session";

export const dynamic = "force-static";
/** None at the build, which has no secret: each page is generated at its first visit, for all visitors. */
export const generateStaticParams = (): [] => [];

export default async function ForcedPage() {
  const session = await getSession();
  return <p id="notes">{session.data.notes.join(",") || "none"}</p>;
}
