import { signUserOut } from "../../app/actions/admin";
import { sessions } from "../../lib/session";

const SHOWN = 20;

/** Who is signed in, by user, each with a button that ends all of his sessions. */
export async function SignedInUsers() {
  const [total, users] = await Promise.all([sessions.directory.count(), countByUser()]);
  return (
    <section className="card stack" aria-labelledby="users">
      <h2 id="users">Signed in</h2>
      <p>
        <span data-testid="sign-ins">{total.toLocaleString("en")}</span> {total === 1 ? "session" : "sessions"}
      </p>
      <ul className="devices">
        {users.slice(0, SHOWN).map(([subject, count]) => (
          <li key={subject}>
            <div>
              <strong>{subject}</strong> <span className="hint">{count === 1 ? "once" : `${count} times`}</span>
            </div>
            <form action={signUserOut}>
              <input type="hidden" name="subject" value={subject} />
              <button aria-label={`Sign out everywhere: ${subject}`}>Sign out everywhere</button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function countByUser(): Promise<[string, number][]> {
  const counts = new Map<string, number>();
  for await (const { subject } of sessions.directory.all()) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  return [...counts];
}
