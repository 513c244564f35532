import type { ReactNode } from "react";
import type { Entry, Status } from "../../lib/status";
import { format, formatShort } from "../../lib/time";
import { Row } from "../row";
import { Staleness } from "./staleness";

interface Props {
  readonly status: Status;
  /** What makes the copy fresh. */
  readonly children: ReactNode;
}

/** How large the revocation list is, how fresh this server's copy, and what was entered last. */
export function RevocationList({ status: { list, latest, maxStaleness }, children }: Props) {
  return (
    <section className="card stack" aria-labelledby="list">
      <h2 id="list">Revocation list</h2>
      <Staleness copy={list.copy} maxStaleness={maxStaleness}>
        {children}
      </Staleness>
      <dl>
        <Row name="Sessions">
          {list.sessions.toLocaleString("en")}, {list.superseded.toLocaleString("en")} of them replaced by a new id
        </Row>
        <Row name="Users">{list.subjects.toLocaleString("en")}</Row>
        <Row name="Keys">{list.keys.toLocaleString("en")}</Row>
        <Row name="Everyone">sessions of before {format(list.all)} are refused</Row>
      </dl>
      {latest.length > 0 && <Latest entries={latest} />}
    </section>
  );
}

function Latest({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <div className="scroll" role="region" aria-label="Newest entries" tabIndex={0}>
      <table data-testid="revocations">
        <caption>Newest first, times are UTC</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Since</th>
            <th scope="col">Until</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ kind, name, state, since, until }) => (
            <tr key={`${kind} ${name}`}>
              <td>
                {kind} <code>{name}</code> {state}
              </td>
              <td>{formatShort(since)}</td>
              <td>{until ? formatShort(until) : kind === "key" ? "for good" : "the longest timeout"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
