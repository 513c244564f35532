import type { DueAction, Transition } from "../../keyring/rotation/due.js";
import { formatDate, formatRelative } from "../output/dates.js";

/** A step for people: when, what, and the command. */
export function describeAction({ verb, key, at }: DueAction, now: number): string {
  const when = at <= now ? "now" : `${formatDate(at)} (${formatRelative(at, now)})`;
  return `${when}: ${COMMANDS[verb](key)}`;
}

const COMMANDS: Readonly<Record<DueAction["verb"], (key: string) => string>> = {
  rotate: (key) => `npx sealed-session keys rotate        # ${key} has sealed for long enough`,
  retire: (key) => `npx sealed-session keys retire ${key}  # plans when it stops opening`,
  prune: (key) => `npx sealed-session keys prune         # destroys the secret of ${key}`,
};

export function describeTransition({ event, key, at }: Transition, now: number): string {
  const what = event === "activates" ? `${key} becomes the key that seals` : `${key} stops opening`;
  return `${formatDate(at)} (${formatRelative(at, now)}): ${what}, by itself`;
}
