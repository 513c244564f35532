import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { formatDuration } from "../../duration.js";
import { fingerprint } from "../../keyring/file/fingerprint.js";
import { readRing } from "../../keyring/file/read.js";
import type { Key, KeyState } from "../../keyring/key.js";
import { byAge, stateOf, successorOf } from "../../keyring/rotation/dates.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { dueActions } from "../../keyring/rotation/due.js";
import { context, fileCommand, type FileOptions, printJson, RING_ENDINGS } from "../command.js";
import { EXIT } from "../exit.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { printable } from "../output/printable.js";
import { table } from "../output/table.js";
import { timeline } from "../output/timeline.js";
import { describeActions } from "./steps.js";
import { summary } from "./summary.js";

/** Longer reasons are whole in `audit` and `--json`. */
const MAX_REASON = 34;

const COLOURS = {
  pending: "cyan",
  active: "green",
  retiring: "yellow",
  retired: "dim",
  revoked: "red",
  destroyed: "dim",
} as const satisfies Record<KeyState, string>;

export function statusCommand(): Command {
  return fileCommand(
    "status",
    "show the keys, which of them seals, and what is due",
    [
      "npx sealed-session keys status",
      "npx sealed-session keys status --check",
      "npx sealed-session keys status --json",
    ],
    { endings: { ...RING_ENDINGS, due: "with --check: something is due" } },
  )
    .option("--check", `exit with ${EXIT.due} when something is due`)
    .action((options: FileOptions & { readonly check?: boolean }) => {
      const { terminal, clock } = context;
      const { document } = readRing(options.file, options.allow);
      const now = clock();
      if (options.json) printJson(summary(document, now));
      else for (const line of statusLines(document, options.file, now)) terminal.data(line);
      if (options.check && dueActions(document, now).length > 0) process.exitCode = EXIT.due;
    });
}

function statusLines(ring: RingDocument, file: string, now: number): string[] {
  const { policy } = ring;
  const due = dueActions(ring, now);
  const rules = [
    `absolute timeout ${formatDuration(policy.absoluteTimeout)}`,
    `propagation ${formatDuration(policy.propagation)}`,
    `skew ${formatDuration(policy.skew)}`,
    policy.rotateEvery === undefined ? "rotated by hand" : `rotate every ${formatDuration(policy.rotateEvery)}`,
  ];
  return [
    `Ring ${ring.ringId}, revision ${ring.revision} (${printable(file)})`,
    `Policy: ${rules.join(", ")}`,
    "",
    ...keyTable(ring, now),
    "",
    ...timeline(ring, now, context.terminal),
    "",
    ...(due.length === 0 ? ["Nothing is due."] : ["Due:", ...describeActions(due, now).map(({ text }) => `  ${text}`)]),
  ];
}

/** With the fingerprints where there is room for them. */
function keyTable(ring: RingDocument, now: number): string[] {
  const { paint, width } = context.terminal;
  const header = ["KEY", "STATE", "SEALS", "OPENS UNTIL", "FINGERPRINT"].map((cell) => paint("bold", cell));
  const rows = [header, ...listed(ring, now).map((key) => row(key, ring, now))];
  const whole = table(rows);
  const fits = whole.every((line) => stripVTControlCharacters(line).length <= width);
  return fits ? whole : table(rows.map((cells) => cells.slice(0, -1)));
}

/** What seals and opens first, the newest on top; then what is over. */
function listed(ring: RingDocument, now: number): Key[] {
  const over = (key: Key): boolean => ["revoked", "destroyed"].includes(stateOf(key, ring, now));
  const keys = byAge(ring);
  return [...keys.filter((key) => !over(key)), ...keys.filter(over)];
}

function row(key: Key, ring: RingDocument, now: number): string[] {
  const { paint } = context.terminal;
  const state = stateOf(key, ring, now);
  return [
    key.id,
    paint(COLOURS[state], state),
    key.reason === undefined ? sealsWhen(key, ring, state, now) : `"${printable(key.reason, MAX_REASON)}"`,
    opensUntil(key, state, now),
    key.secret === undefined ? "-" : paint("dim", fingerprint(key.secret)),
  ];
}

function sealsWhen(key: Key, ring: RingDocument, state: KeyState, now: number): string {
  if (state === "pending") return `from ${formatDate(key.activateAt)} (${formatRelative(key.activateAt, now)})`;
  if (state !== "active") return "-";
  const next = successorOf(key, ring);
  return next ? `until ${formatDate(next.activateAt)}` : `since ${formatDate(key.activateAt)}`;
}

function opensUntil({ retireAt, revokedAt }: Key, state: KeyState, now: number): string {
  if (state === "revoked") return `revoked ${formatDate(revokedAt ?? now)}`;
  if (state === "destroyed") return "never again";
  if (retireAt === undefined) return "not planned";
  return `${formatDate(retireAt)}${state === "retired" ? " (over)" : ""}`;
}
