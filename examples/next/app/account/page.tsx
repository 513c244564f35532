import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ByHand } from "../../components/attacks/by-hand";
import { SessionDetails } from "../../components/session-details";
import { SessionSize } from "../../components/session-size";
import { Shell } from "../../components/shell";
import { SignIns } from "../../components/sign-ins";
import { getSession } from "../../lib/session";
import { signOut, signOutElsewhere } from "../actions/account";

export const metadata: Metadata = { title: "Session" };

export default async function AccountPage() {
  const session = await getSession();
  if (session.subject === undefined) redirect("/");
  return (
    <Shell at="/account">
      <h1>Your session</h1>
      <div className="columns">
        <div className="stack">
          <SignIns session={session} subject={session.subject} />
          <SessionDetails session={session} />
        </div>
        <div className="stack">
          <section className="card stack" aria-labelledby="ending">
            <h2 id="ending">End it</h2>
            <form action={signOut}>
              <button className="primary">Sign out here</button>
            </form>
            <form action={signOutElsewhere}>
              <button>Sign out everywhere else</button>
            </form>
            <p className="hint">Both hold at once, also for a copy of the cookie.</p>
          </section>
          <SessionSize ballast={session.data.ballast.length} chunks={session.info().chunks} />
          <ByHand />
        </div>
      </div>
    </Shell>
  );
}
