"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

/** Counts down to the idle deadline, then asks for the page again: the server decides, and says what happened. */
export function Countdown({ until }: { readonly until: number }) {
  const router = useRouter();
  // Unknown until the browser runs: the server's clock would make the two first renders differ.
  const [left, setLeft] = useState<number>();
  const over = left === 0;

  useEffect(() => {
    const tick = (): void => setLeft(Math.max(Math.ceil((until - Date.now()) / 1_000), 0));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [until]);

  useEffect(() => {
    if (!over) return undefined;
    const timer = setTimeout(() => router.refresh(), 500);
    return () => clearTimeout(timer);
  }, [over, router]);

  if (left === undefined) return null;
  return (
    <span className="countdown" role="timer" data-testid="countdown">
      {over ? "over" : `in ${duration(left)} if you do nothing`}
    </span>
  );
}

function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first === -1 ? -1 : first)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
