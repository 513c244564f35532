import Link from "next/link";
import { redirect } from "next/navigation";
import { getSession } from "../../lib/session";
import { findUser } from "../../lib/users";

export default async function AccountPage() {
  const { subject } = await getSession();
  const user = findUser(subject);
  if (!user) redirect("/");
  return (
    <main>
      <h1>{user.name}&apos;s account</h1>
      <p>Guests never see this page, and no copy of a cookie does after its session ended.</p>
      <p>
        <Link href="/">Back</Link>
      </p>
    </main>
  );
}
