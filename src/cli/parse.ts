import { InvalidArgumentError } from "commander";
import { type Allowance, ALLOWANCES } from "../keyring/file/allowance.js";
import { type Duration, parseDuration } from "../duration.js";

/** An option's value as a duration, in ms. */
export function duration(text: string): number {
  try {
    return parseDuration(text as Duration, "it");
  } catch {
    throw new InvalidArgumentError("not a duration; write for example 30m, 12h or 90d.");
  }
}

/** An option's value as an instant, in ms since the Unix epoch. Without a time zone it would mean another one elsewhere. */
export function instant(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError("not a date; write for example 2026-12-24T18:00:00Z, or 2026-12-24 (midnight UTC).");
  }
  return ms;
}

/** What a file is not to be refused for, by commas. */
export function allowances(text: string): Allowance[] {
  const list = text.split(",").map((what) => what.trim());
  const known = ALLOWANCES.filter((what) => list.includes(what));
  if (known.length === new Set(list).size) return known;
  throw new InvalidArgumentError(`not known; write one or more of ${ALLOWANCES.join(", ")}.`);
}

const SECRET_LIKE = /sealed_(?:key|ring)_|[\w+/=-]{32,}/i;

/** Words for the log, which is not secret. */
export function reason(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > 500 || /\p{Cc}/u.test(trimmed)) {
    throw new InvalidArgumentError("write 1 to 500 characters, in one line.");
  }
  if (SECRET_LIKE.test(trimmed)) {
    throw new InvalidArgumentError("it seems to hold a secret, which would stand in the log and in the process list.");
  }
  return trimmed;
}
