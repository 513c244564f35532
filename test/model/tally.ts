/** How often each thing happened: a test in which nothing ever expires or is refused would prove nothing. */
const counts = new Map<string, number>();

export function tally(what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

export function tallied(what: string): number {
  return counts.get(what) ?? 0;
}

/** All of it, the most frequent first. */
export function tallies(): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([what, count]) => `${what}: ${count}`).join(", ");
}
