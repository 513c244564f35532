import Link from "next/link";

export default function NotFound() {
  return (
    <main className="center">
      <h1>There is no such page</h1>
      <p>
        <Link href="/">Back to the shop</Link>
      </p>
    </main>
  );
}
