import { signOutDevice } from "../app/actions/account";
import { type ShopSession, sessions } from "../lib/session";
import { format } from "../lib/time";

/** Where a user is signed in, each with a button that ends it. */
export async function SignIns({ session, subject }: { readonly session: ShopSession; readonly subject: string }) {
  const list = await sessions.directory.list(subject, { current: session.id });
  return (
    <section className="card stack" aria-labelledby="devices">
      <h2 id="devices">Where you are signed in</h2>
      <ul className="devices" data-testid="devices">
        {list.map(({ id, label, session: masked, createdAt, lastSeenAt, current }) => (
          <li key={id}>
            <div>
              <strong>{label ?? "Unknown browser"}</strong> {current && <span className="badge">this one</span>}
              <p className="hint">
                Since {format(createdAt)}, last seen {format(lastSeenAt)}. Session <code>{masked}</code>
              </p>
            </div>
            <form action={signOutDevice}>
              <input type="hidden" name="id" value={id} />
              <button aria-label={`Sign out ${label ?? "unknown browser"}, ${masked}`}>Sign out</button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}
