/** `2026-11-21 23:05 UTC`: the same for everybody who looks at one ring, wherever they are. */
export function formatDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** `in 3d 4h`, `2m ago`, `now`. */
export function formatRelative(ms: number, now: number): string {
  const text = formatSpan(Math.abs(ms - now));
  if (text === "") return "now";
  return ms > now ? `in ${text}` : `${text} ago`;
}

/** `3d 4h`: the two largest units that are not zero; nothing for less than a second. */
export function formatSpan(span: number): string {
  let rest = span;
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : `${count}${unit}`;
  });
  const first = parts.findIndex((part) => part !== "");
  return first === -1
    ? ""
    : parts
        .slice(first, first + 2)
        .filter((part) => part !== "")
        .join(" ");
}
