import type { Metadata } from "next";
import { AttackCard } from "../../components/attacks/attack-card";
import { ByHand } from "../../components/attacks/by-hand";
import { Shell } from "../../components/shell";
import { SignIn } from "../../components/sign-in";
import { attacks } from "../../lib/attacks";
import { getSession, type ShopSession } from "../../lib/session";
import "./attacks.css";

export const metadata: Metadata = { title: "Attacks" };

export default async function AttacksPage() {
  const session = await getSession();
  const ready = session.subject !== undefined;
  return (
    <Shell at="/attacks">
      <h1>Try to break in</h1>
      <p className="hint intro">
        Each button has the server send real requests to itself, with a copy of your own cookie that was tampered with,
        and shows what it answered. What happens elsewhere is from <code>docs/attacks.md</code>, where the same attacks
        are run against other libraries.
      </p>
      <div className="columns beside">
        <div>{ready ? <Target session={session} /> : <SignIn returnTo="/attacks" />}</div>
        <div className="stack">
          {attacks.map((attack) => (
            <AttackCard key={attack.id} attack={attack} ready={ready} />
          ))}
          <ByHand />
        </div>
      </div>
    </Shell>
  );
}

function Target({ session }: { readonly session: ShopSession }) {
  return (
    <section className="card stack" aria-labelledby="target">
      <h2 id="target">What is attacked</h2>
      <p>
        The session of <strong>{session.subject}</strong>, <code>{session.maskedId}</code>: your own, and no other.
      </p>
    </section>
  );
}
