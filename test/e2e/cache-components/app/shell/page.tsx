import { Suspense } from "react";
import { getSession } from "../../lib/session";

/** A shell that is prerendered, with a part that each request renders. */
export default function ShellPage() {
  return (
    <>
      <Products />
      <Suspense fallback={<p id="who">a moment</p>}>
        <Who />
      </Suspense>
    </>
  );
}

async function Products() {
  "use cache";
  return <p id="products">tea, coffee</p>;
}

async function Who() {
  const session = await getSession();
  return <p id="who">{session.subject ?? "nobody"}</p>;
}
