import Link from "next/link";
import { getSession } from "../lib/session";
import { findUser } from "../lib/users";
import { signIn, signOut, signOutEverywhere } from "./actions";

export default async function HomePage({ searchParams }: { searchParams: Promise<{ wrong?: string }> }) {
  const { subject } = await getSession(); // read-only in a component
  const user = findUser(subject);
  if (user) {
    return (
      <main>
        <h1>Hello {user.name}</h1>
        <p>
          <Link href="/account">Your account</Link>
        </p>
        <form action={signOut}>
          <button>Sign out</button>
        </form>
        <form action={signOutEverywhere}>
          <button>Sign out everywhere</button>
        </form>
      </main>
    );
  }
  const { wrong } = await searchParams;
  return (
    <main>
      <h1>Nobody is signed in</h1>
      <p role="status">{wrong !== undefined && "Wrong name or password"}</p>
      <form action={signIn}>
        <p>
          <label>
            Name <input name="username" autoComplete="username" required />
          </label>
        </p>
        <p>
          <label>
            Password <input name="password" type="password" autoComplete="current-password" required />
          </label>
        </p>
        <button>Sign in</button>
      </form>
      <p>
        This is Ada&apos;s demo: <code>ada</code>, <code>difference engine</code>.
      </p>
    </main>
  );
}
