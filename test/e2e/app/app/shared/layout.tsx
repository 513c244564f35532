import type { ReactNode } from "react";
import { getSession } from "../../lib/session";
import { count } from "../../lib/tally";

export default async function SharedLayout({ children }: { readonly children: ReactNode }) {
  count(await getSession());
  return <main>{children}</main>;
}
