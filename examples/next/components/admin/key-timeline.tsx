import { historyOf, type Phase } from "../../lib/key-history";
import type { Status } from "../../lib/status";

/** How much of the width lies before now, in percent; the line of now in admin.css stands there. */
const NOW = 34;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TICKS = [
  [MINUTE, "1 min"],
  [3_600 * SECOND, "1 h"],
  [86_400 * SECOND, "1 d"],
  [30 * 86_400 * SECOND, "30 d"],
] as const;
/** Below this distance from now, time runs almost evenly; beyond it, each step is ten times the one before. */
const EVEN = 5 * SECOND;
/** A bar narrower than this, in percent, has no room for its state in words. */
const ROOM = 15;

/** What the keys were, are and will be. The table behind it says the same in words, so that it is a picture only. */
export function KeyTimeline({ now, keys }: Pick<Status, "now" | "keys">) {
  const lanes = historyOf(keys);
  const scale = scaleAround(
    now,
    lanes.flatMap(({ phases }) => phases.map(({ from }) => from)),
  );
  return (
    <div className="timeline" role="img" aria-label={`Timeline of ${keys.length} keys; the table has the same dates.`}>
      <div className="axis" aria-hidden="true">
        {scale.ticks.map(({ at, label, near }) => (
          <span key={label} className={near ? "near" : undefined} style={{ left: `${at}%` }}>
            {label}
          </span>
        ))}
        <strong style={{ left: `${NOW}%` }}>now</strong>
      </div>
      <div className="lanes" aria-hidden="true">
        {lanes.map(({ key, phases }) => (
          <div key={key.id} className="lane" data-testid={`lane ${key.id}`}>
            <code>{key.id}</code>
            <div className="track">
              {phases.map((phase) => (
                <Bar key={phase.state} phase={phase} from={scale.at(phase.from)} to={scale.at(phase.to ?? Infinity)} />
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

function Bar({ phase, from, to }: { readonly phase: Phase; readonly from: number; readonly to: number }) {
  const width = to - from;
  return (
    <span className={`bar-of-state ${phase.state}`} style={{ left: `${from}%`, width: `${width}%` }}>
      {width >= ROOM && phase.state}
    </span>
  );
}

/** Places instants on a line, in percent of its width: the further from now, the closer together. */
function scaleAround(now: number, instants: readonly number[]) {
  const length = (ms: number): number => Math.log10(1 + Math.abs(ms) / EVEN);
  const past = Math.max(3_600 * SECOND, ...instants.map((instant) => now - instant)) * 3;
  const future = Math.max(30 * 86_400 * SECOND, ...instants.map((instant) => instant - now)) * 3;
  const at = (instant: number): number => {
    if (instant === Infinity) return 100;
    const part = instant < now ? length(now - instant) / length(past) : length(instant - now) / length(future);
    return instant < now ? NOW * (1 - part) : NOW + (100 - NOW) * part;
  };
  const ticks = TICKS.flatMap(([ms, label]) => [
    // Left out where the page is narrow.
    ...(ms <= past ? [{ at: at(now - ms), label: `−${label}`, near: ms === MINUTE }] : []),
    { at: at(now + ms), label: `+${label}`, near: ms === MINUTE },
  ]);
  return { at, ticks };
}
