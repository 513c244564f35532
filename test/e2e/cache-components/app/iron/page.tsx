import { io } from "next/cache";
import { cookies } from "next/headers";
import { Suspense } from "react";
import { getIronSession } from "sealed-session/iron-session";
import { ironOptions, type Visits } from "../../lib/iron";

async function count(): Promise<void> {
  "use server";
  const session = await getIronSession<Visits>(await cookies(), ironOptions());
  session.by = [...(session.by ?? []), "action"];
  await session.save();
}

export default function IronPage() {
  return (
    <>
      <form id="count" action={count} />
      <Suspense fallback={<p>a moment</p>}>
        <VisitedBy />
      </Suspense>
    </>
  );
}

async function VisitedBy() {
  await io();
  const session = await getIronSession<Visits>(await cookies(), ironOptions());
  return <p id="by">{(session.by ?? []).join(",")}</p>;
}
