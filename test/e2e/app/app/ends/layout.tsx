import type { ReactNode } from "react";
import { getSession } from "../../lib/session";

export default async function EndsLayout({ children }: { readonly children: ReactNode }) {
  const session = await getSession();
  return (
    <>
      <p id="notes">{session.data.notes.join(",")}</p>
      {children}
    </>
  );
}
