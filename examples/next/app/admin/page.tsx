import type { Metadata } from "next";
import { connection } from "next/server";
import { KeyActions } from "../../components/admin/key-actions";
import { LiveStatus } from "../../components/admin/live-status";
import { SignedInUsers } from "../../components/admin/signed-in-users";
import { Shell } from "../../components/shell";
import { readStatus } from "../../lib/status";
import { signEveryoneOut } from "../actions/admin";
import "./admin.css";

export const metadata: Metadata = { title: "Admin" };

/** An application would ask who is looking. This shop has no roles, so that everybody can try it. */
export default async function AdminPage() {
  // What it shows is of now: nothing of it can be made while the application is built.
  await connection();
  return (
    <Shell at="/admin">
      <h1>Admin</h1>
      <p className="hint">Open to everybody in this demo. It works without a session of its own.</p>
      <LiveStatus initial={await readStatus()} keyActions={<KeyActions />}>
        <SignedInUsers />
        <section className="card stack" aria-labelledby="everyone">
          <h2 id="everyone">Everyone</h2>
          <form action={signEveryoneOut}>
            <button className="primary">Sign everyone out</button>
          </form>
          <p className="hint">One number in the list, however many sessions there are.</p>
        </section>
      </LiveStatus>
    </Shell>
  );
}
