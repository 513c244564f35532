import { redirect } from "next/navigation";
import { Suspense } from "react";
import { getSession } from "../../lib/session";

export default function MembersPage() {
  return (
    <Suspense fallback={<p>a moment</p>}>
      <Secret />
    </Suspense>
  );
}

/** Looks for itself: there are ways around the proxy. */
async function Secret() {
  const { subject } = await getSession();
  if (subject === undefined) redirect("/sign-in");
  return <p id="secret">for {subject} only</p>;
}
