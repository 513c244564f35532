"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";

/** Adds by the route handler, then asks for the page again: the cart and the message come from the server. */
export function AddWithFetch({ item, name }: { readonly item: string; readonly name: string }) {
  const router = useRouter();
  const [failed, setFailed] = useState(false);

  const add = async (): Promise<void> => {
    const response = await fetch("/api/cart", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ item }),
    }).catch(() => undefined);
    setFailed(!response?.ok);
    router.refresh();
  };

  return (
    <button type="button" onClick={() => void add()} aria-label={`Add with fetch: ${name}`}>
      {failed ? "Try again" : "Add with fetch"}
    </button>
  );
}
