import type { ReactNode } from "react";
import type { Status } from "../../lib/status";
import { span } from "../../lib/time";
import { KeyTable } from "./key-table";
import { KeyTimeline } from "./key-timeline";

/** The newest of the ring's keys that are shown: each rotation adds one. */
const SHOWN = 6;

const STATES = [
  ["pending", "opens, seals later"],
  ["active", "seals and opens"],
  ["retiring", "opens what it sealed"],
  ["retired", "no longer opens"],
  ["revoked", "never opens again"],
] as const;

interface Props {
  readonly status: Status;
  /** What changes the ring. */
  readonly children: ReactNode;
}

export function KeyRing({ status, children }: Props) {
  const keys = status.keys.slice(0, SHOWN);
  return (
    <section className="card stack" aria-labelledby="ring">
      <h2 id="ring">Key ring</h2>
      <p className="hint">
        One key seals at any instant; the others still open what they sealed. {next(status)}
        {status.keys.length > SHOWN && ` The newest ${SHOWN} of ${status.keys.length} keys:`}
      </p>
      <KeyTimeline now={status.now} keys={keys} />
      <ul className="legend" aria-label="States of a key">
        {STATES.map(([state, meaning]) => (
          <li key={state}>
            <span className={`swatch ${state}`} aria-hidden="true" /> <strong>{state}</strong> {meaning}
          </li>
        ))}
      </ul>
      <KeyTable keys={keys} />
      {children}
    </section>
  );
}

/** What happens next, by itself. */
function next({ now, keys }: Status): string {
  const events = keys
    .flatMap(({ id, state, activateAt, retireAt = Infinity }) => {
      if (state === "pending") return [{ at: activateAt, words: `${id} takes over` }];
      return state === "retiring" ? [{ at: retireAt, words: `${id} retires` }] : [];
    })
    .sort((a, b) => a.at - b.at);
  const [first] = events;
  return first && first.at !== Infinity ? `Next: ${first.words} in ${span(first.at - now)}.` : "Nothing is planned.";
}
