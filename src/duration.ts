import { ConfigurationError } from "./errors.js";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** 100 years. What lies further ahead is a mistake, and would not be a date any more. */
const MAX_DURATION = 36_500 * UNITS.d;

/** A number of milliseconds, or text such as `"30m"`, `"12h"`, `"14d"`: a number and one of ms, s, m, h, d, w. */
export type Duration = number | `${number}${keyof typeof UNITS}`;

/**
 * Reads a duration.
 *
 * @param value milliseconds, or a number with one of the units ms, s, m, h, d, w
 * @param name the option's name, for the error message
 * @returns whole milliseconds, more than zero, at most 100 years
 * @throws ConfigurationError when it is neither
 */
export function parseDuration(value: Duration, name: string): number {
  const ms = typeof value === "number" ? value : parseText(value);
  if (Number.isSafeInteger(ms) && ms > 0 && ms <= MAX_DURATION) return ms;
  throw new ConfigurationError(
    `${name}: ${JSON.stringify(value) ?? String(value)} is not a duration; ` +
      `write a positive number of milliseconds, or text such as "30m", "12h" or "14d" (units: ${Object.keys(UNITS).join(", ")}), up to ${formatDuration(MAX_DURATION)}`,
  );
}

function parseText(text: unknown): number {
  const match = typeof text === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text) : null;
  return match ? Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]) : Number.NaN;
}

/** The shortest text that `parseDuration` reads back as `ms`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
