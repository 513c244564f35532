import { setTimeout } from "node:timers/promises";
import { Suspense } from "react";
import { getSession } from "../../lib/session";

export default function StreamPage() {
  return (
    <Suspense fallback={<p id="notes">a moment</p>}>
      <LateNotes />
    </Suspense>
  );
}

async function LateNotes() {
  // By now the headers are on their way.
  await setTimeout(50);
  const session = await getSession();
  return <p id="notes">{session.data.notes.join(",")}</p>;
}
