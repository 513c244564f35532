import type { Command } from "commander";
import { readRing } from "../../keyring/file/read.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { actionsOf, transitionsOf } from "../../keyring/rotation/due.js";
import { earliestActivation, pendingKeys } from "../../keyring/rotation/dates.js";
import { context, fileCommand, type FileOptions, printJson } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { describeActions, describeTransition } from "./steps.js";
import { summary } from "./summary.js";

export function planCommand(): Command {
  return fileCommand("plan", "say what to run when, and what happens by itself", [
    "npx sealed-session keys plan",
    "npx sealed-session keys plan --json",
  ]).action((options: FileOptions) => {
    const { terminal, clock } = context;
    const { document } = readRing(options.file, options.allow);
    const now = clock();
    if (options.json) printJson(summary(document, now));
    else for (const line of planLines(document, now)) terminal.data(line);
  });
}

function planLines(ring: RingDocument, now: number): string[] {
  const steps = [
    ...describeActions(actionsOf(ring, now), now),
    ...transitionsOf(ring, now).map((event) => ({ at: event.at, text: describeTransition(event, now) })),
  ].sort((a, b) => a.at - b.at);
  const activation = earliestActivation(now, ring);
  const rotation = `A key staged now (keys rotate) could seal from ${formatDate(activation)} (${formatRelative(activation, now)}).`;
  return [
    ...(steps.length === 0 ? ["Nothing is planned."] : steps.map(({ text }) => text)),
    ...(pendingKeys(ring, now).length === 0 ? [rotation] : []),
  ];
}
