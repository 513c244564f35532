import type { CopyStats } from "sealed-session";
import type { ReactNode } from "react";

interface Props {
  readonly copy: CopyStats | undefined;
  /** In ms. */
  readonly maxStaleness: number;
  /** What makes it fresh. */
  readonly children: ReactNode;
}

/** How old this server's copy of the list is, beside the most that a check takes. */
export function Staleness({ copy, maxStaleness, children }: Props) {
  const age = copy?.staleness;
  const part = Math.min((age ?? 0) / maxStaleness, 1);
  return (
    <div className="staleness" data-testid="staleness">
      <p>
        <strong>{age === undefined ? "No copy yet" : `${seconds(age)} old`}</strong> {explain(age, maxStaleness)}
      </p>
      <div className={part === 1 ? "gauge full" : "gauge"} aria-hidden="true">
        <span style={{ width: `${part * 100}%` }} />
      </div>
      <p className="hint">
        {copy !== undefined && `Session ids in it: ${count(copy.sessions)}, in ${count(copy.bytes)} bytes. `}
        Requests with a session make the copy fresh; the updates of this page do not.
      </p>
      {children}
    </div>
  );
}

function explain(age: number | undefined, maxStaleness: number): string {
  if (age === undefined) return "of the list on this server: until there is one, each check asks the store.";
  if (age > maxStaleness) return "is this server’s copy of the list. The next check waits until it is fresh.";
  return `is this server’s copy of the list. A check takes it up to ${seconds(maxStaleness)}.`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
