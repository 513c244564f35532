import { notFound, redirect } from "next/navigation";
import { getSession } from "../../../lib/session";

export default async function EndsPage({ params }: { readonly params: Promise<{ readonly how: string }> }) {
  const { how } = await params;
  const session = await getSession();
  const [note = "nothing"] = session.data.notes;
  if (how === "redirect") redirect(`/shared?from=${note}`);
  if (how === "missing") notFound();
  throw new Error(`thrown on purpose with ${note}`);
}
