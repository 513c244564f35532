import { isSound, type Key, sealingKey } from "../../keyring/key.js";
import { activeKey, byAge } from "../../keyring/rotation/dates.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import type { Terminal } from "./terminal.js";

const MARKS = { seals: "█", opens: "▒", waits: "░", nothing: " ", revoked: "×" } as const;
const LEGEND = `${MARKS.seals} seals   ${MARKS.opens} opens   ${MARKS.waits} opens, seals later`;
const LEGEND_REVOKED = `   ${MARKS.revoked} revoked`;
const NEVER = Number.POSITIVE_INFINITY;

/** One line a key, time from left to right: which key seals when, and which opens until when. */
export function timeline(ring: RingDocument, now: number, terminal: Terminal): string[] {
  const kept = byAge(ring).filter((key) => key.secret !== undefined);
  const keys = [...kept.filter(isSound), ...kept.filter((key) => !isSound(key))];
  const label = Math.max(...keys.map(({ id }) => id.length)) + 2;
  const cells = Math.max(20, terminal.width - label - 1);
  const { from, to } = span(ring, now);
  const instants = Array.from({ length: cells }, (_, cell) => from + ((to - from) * (cell + 0.5)) / cells);
  const today = Math.min(cells - 1, Math.floor(((now - from) / (to - from)) * cells));
  // A column is hours wide, or days: this one shows what holds at this instant.
  instants[today] = now;
  const rows = keys.map((key) => {
    const marks = instants.map((at) => markAt(key, ring, at)).join("");
    const painted = marks.replaceAll(/█+|×+|[▒░]+/g, (run) => terminal.paint(colourOf(run.charAt(0)), run));
    return key.id.padEnd(label) + painted;
  });
  const ruler = " ".repeat(label) + placed(cells, today, [day(from), "now", day(to)]);
  return [
    ruler,
    `${" ".repeat(label + today)}↓`,
    ...rows,
    `${" ".repeat(label)}${LEGEND}${keys.some(({ revokedAt }) => revokedAt !== undefined) ? LEGEND_REVOKED : ""}`,
  ].map((line) => line.trimEnd());
}

function colourOf(mark: string): "green" | "red" | "dim" {
  if (mark === MARKS.seals) return "green";
  return mark === MARKS.revoked ? "red" : "dim";
}

/** From the oldest key that still opens to a little past the last date there is, the next rotation's included. */
function span(ring: RingDocument, now: number): { readonly from: number; readonly to: number } {
  const { keys, policy } = ring;
  const dates = keys
    .filter((key) => key.secret !== undefined)
    .flatMap(({ activateAt, createdAt, retireAt = activateAt }) => [
      Math.min(activateAt, createdAt),
      activateAt,
      retireAt,
    ]);
  const from = Math.min(now - policy.propagation, ...dates);
  const rotation = activeKey(ring, now).activateAt + (policy.rotateEvery ?? 0);
  const last = Math.max(now + policy.propagation, rotation, ...dates);
  return { from, to: last + Math.max((last - from) / 10, policy.propagation) };
}

function markAt(key: Key, ring: RingDocument, at: number): string {
  if (at < key.createdAt && at < key.activateAt) return MARKS.nothing;
  if (at >= (key.revokedAt ?? NEVER)) return MARKS.revoked;
  const sealing = sealingKey(ring.keys.map((other) => asOf(other, at)).filter(isSound), at);
  if (sealing?.id === key.id) return MARKS.seals;
  if (at < key.activateAt) return MARKS.waits;
  return at < (key.retireAt ?? NEVER) ? MARKS.opens : MARKS.nothing;
}

/** A key as it was before it was revoked: until then it sealed. */
function asOf(key: Key, at: number): Key {
  if (key.revokedAt === undefined || key.revokedAt <= at) return key;
  const { revokedAt: _later, ...sound } = key;
  return sound;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The first date at the left, the last at the right, "now" where it belongs if there is room. */
function placed(cells: number, today: number, [first, now, last]: readonly [string, string, string]): string {
  const line = first.padEnd(cells - last.length) + last;
  const at = today - 1;
  const free = line.slice(Math.max(0, at - 1), at + now.length + 1).trim() === "" && at > first.length;
  return free ? line.slice(0, at) + now + line.slice(at + now.length) : line;
}
