const time = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** In UTC: the server does not know the visitor's time zone. */
export function format(date: Date | number | undefined): string {
  return date === undefined ? "not yet" : `${time.format(date)} UTC`;
}

const short = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZone: "UTC",
});

/** For tables, which say "UTC" once. */
export function formatShort(date: number): string {
  return short.format(date);
}

const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** A span in its largest unit: "25 s", "30 d". */
export function span(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const [size, unit] = UNITS.find(([length]) => seconds >= length) ?? [1, "s"];
  return `${Math.round(seconds / size)} ${unit}`;
}
