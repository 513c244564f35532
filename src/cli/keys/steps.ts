import type { DueAction, Transition } from "../../keyring/rotation/due.js";
import { proposing } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";

const COMMANDS: Readonly<Record<DueAction["verb"], (keys: string) => readonly [command: string, why: string]>> = {
  rotate: (keys) => ["npx sealed-session keys rotate", `${keys} has sealed for long enough`],
  retire: (keys) => ["npx sealed-session keys retire", `plans when ${keys} stops opening`],
  prune: (keys) => ["npx sealed-session keys prune", `destroys the secret of ${keys}`],
};

/** Steps for people: when, what, and the command. What is to be done at one time with one command is one step. */
export function describeActions(
  actions: readonly DueAction[],
  now: number,
): { readonly at: number; readonly text: string }[] {
  const groups = new Map<string, DueAction[]>();
  for (const action of actions) {
    const name = `${action.verb} ${Math.max(action.at, now)}`;
    groups.set(name, [...(groups.get(name) ?? []), action]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const when = first.at <= now ? "now" : `${formatDate(first.at)} (${formatRelative(first.at, now)})`;
    const [command, why] = COMMANDS[first.verb](group.map(({ key }) => key).join(", "));
    return { at: first.at, text: `${when}: ${proposing(command)}  # ${why}` };
  });
}

export function describeTransition({ event, key, at }: Transition, now: number): string {
  const what = event === "activates" ? `${key} becomes the key that seals` : `${key} stops opening`;
  return `${formatDate(at)} (${formatRelative(at, now)}): ${what}, by itself`;
}
