import { Argument, type Command, Option } from "commander";
import { formatDuration } from "../../duration.js";
import { readRing } from "../../keyring/file/read.js";
import { stateOf } from "../../keyring/rotation/dates.js";
import type { Change, RingDocument } from "../../keyring/rotation/document.js";
import { actionsOf } from "../../keyring/rotation/due.js";
import { replaceAtOnce } from "../../keyring/rotation/revoke.js";
import { stage } from "../../keyring/rotation/stage.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { confirm } from "../confirm.js";
import { CommandFailure } from "../exit.js";
import { printable } from "../output/printable.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { duration, instant, reason } from "../parse.js";
import { apply, reportNothing } from "./apply.js";

interface RotateOptions extends ChangeOptions {
  readonly at?: number;
  readonly in?: number;
  readonly retire: boolean;
  readonly another?: boolean;
  readonly ifDue?: boolean;
  readonly emergency?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

export function rotateCommand(): Command {
  return changeCommand("rotate", "stage a new key, which seals once every server has it", [
    "npx sealed-session keys rotate",
    "npx sealed-session keys rotate --if-due && npx sealed-session keys prune",
    "npx sealed-session keys rotate --at 2027-01-04T06:00:00Z",
    "npx sealed-session keys rotate --emergency --reason 'was in a backup'",
  ])
    .addArgument(new Argument("[key...]", "with --emergency: the keys that leaked (default: all of them)"))
    .addOption(
      new Option(
        "--at <date>",
        "when the new key starts to seal, such as 2027-01-04 (default: once every server can have it)",
      )
        .argParser(instant)
        .conflicts("in"),
    )
    .addOption(new Option("--in <duration>", "the same, counted from now, such as 90m or 2d").argParser(duration))
    .option("--no-retire", "do not plan the retirement of the keys that it replaces")
    .option("--if-due", "do it only when the active key is as old as the policy wants: for cron")
    .option("--another", "stage one more although one is pending")
    .addOption(
      new Option("--emergency", "a key leaked: revoke it, and make a new one that seals at once").conflicts([
        "at",
        "in",
        "ifDue",
        "another",
      ]),
    )
    .addOption(new Option("--reason <text>", "why, in at most 500 characters, for the log").argParser(reason))
    .option("--yes", "do not ask whether it is meant")
    .action(async (ids: string[], options: RotateOptions) => {
      const { document } = readRing(options.file, options.allow);
      if (options.emergency) return emergency(document, ids, options);
      if (options.ifDue && !isDue(document, options)) return;
      if (ids.length > 0)
        throw new CommandFailure("usage", "Keys can be named with --emergency only: without it, rotate adds one");
      return staged(document, options);
    });
}

/** Whether a rotation is due; says so where it is not. */
function isDue(ring: RingDocument, options: RotateOptions): boolean {
  const now = context.clock();
  const rotation = actionsOf(ring, now).find(({ verb }) => verb === "rotate");
  if (rotation && rotation.at <= now) return true;
  const words = rotation ? `Not due before ${formatDate(rotation.at)}.` : "The policy wants no rotation (rotateEvery).";
  reportNothing("rotate", ring, options, words);
  return false;
}

function staged(ring: RingDocument, options: RotateOptions): void {
  const now = context.clock();
  const activateAt = options.in === undefined ? options.at : now + options.in;
  const { retire, another = false } = options;
  const change = stage(ring, { retire, another, ...(activateAt !== undefined && { activateAt }) }, now);
  const fresh = change.document.keys.find(({ id }) => id === change.keys[0]);
  const retirements = change.document.keys.filter(
    ({ id, retireAt }) => retireAt !== undefined && ring.keys.find((key) => key.id === id)?.retireAt === undefined,
  );
  apply(change, options, [
    `Staged ${fresh?.id}. It opens from now on, and seals from ${formatDate(fresh?.activateAt ?? now)} (${formatRelative(fresh?.activateAt ?? now, now)}).`,
    ...retirements.map(
      ({ id, retireAt = 0 }) => `${id} opens until ${formatDate(retireAt)}, when no cookie needs it any more.`,
    ),
    `Bring the ring to every server within ${formatDuration(ring.policy.propagation)}. Nobody is signed out.`,
  ]);
}

async function emergency(ring: RingDocument, ids: readonly string[], options: RotateOptions): Promise<void> {
  if (!options.retire)
    throw new CommandFailure(
      "usage",
      "--emergency cannot be used with --no-retire: it plans the retirement of what it replaces",
    );
  const { terminal, clock } = context;
  const planned = replaceAtOnce(ring, ids, options.reason, clock());
  const words = casualties(ring, planned, options.file);
  if (!options.dryRun) {
    for (const line of words) terminal.say(line);
    await confirm("Revoke and replace?", options.yes);
  }
  // Made anew: whoever is asked takes time, and the new key's dates count from now.
  const change = options.dryRun ? planned : replaceAtOnce(ring, planned.keys.slice(0, -1), options.reason, clock());
  apply(change, options, [
    ...(options.dryRun ? words : []),
    `${change.keys.at(-1)} seals from now on. Bring the ring to every server at once: those without it refuse what it seals.`,
    "Servers that share a revocation list refuse the revoked keys as soon as one of them has this ring.",
  ]);
}

/** Who is signed out. */
function casualties(ring: RingDocument, { keys: changed }: Change, file: string): string[] {
  const gone = ring.keys.filter(({ id }) => changed.includes(id));
  const left = ring.keys.filter(
    (key) => key.secret !== undefined && key.revokedAt === undefined && !gone.includes(key),
  );
  const everybody = left.length === 0;
  return [
    `Ring ${ring.ringId}, revision ${ring.revision} (${printable(file)}). To be revoked:`,
    ...gone.map((key) => `  ${key.id}, ${stateOf(key, ring, context.clock())}, from ${formatDate(key.activateAt)} on`),
    everybody
      ? "That signs everybody out: no key is left that sealed anything."
      : "That ends every session that one of them sealed or renewed last, and every session whose data came through one of them, also where another key sealed it since.",
    ...(everybody
      ? []
      : [`Others go on: sessions that only ${left.map(({ id }) => id).join(", ")} sealed and renewed.`]),
    "It cannot be undone.",
  ];
}
