import type { RevocationEntry } from "sealed-session";
import { sessions } from "../lib/session";
import { format } from "../lib/time";
import { Row } from "./row";

const SHOWN = 20;

/** How large the revocation list is, and what was entered last. */
export async function RevocationList() {
  const stats = await sessions.revocations.stats();
  const latest = await newest();
  const { copy } = stats;
  return (
    <section className="card stack" aria-labelledby="list">
      <h2 id="list">Revocation list</h2>
      <dl>
        <Row name="Sessions">
          {stats.sessions.toLocaleString("en")}, {stats.superseded.toLocaleString("en")} of them replaced by a new id
        </Row>
        <Row name="Users">{stats.subjects.toLocaleString("en")}</Row>
        <Row name="Keys">{stats.keys.toLocaleString("en")}</Row>
        <Row name="Everyone">sessions of before {format(new Date(stats.all))} are refused</Row>
        <Row name="Staleness">
          {copy
            ? `${copy.staleness ?? "?"} ms, ${copy.bytes.toLocaleString("en")} bytes`
            : "none: each check asks SQLite"}
        </Row>
      </dl>
      {latest.length > 0 && (
        <table data-testid="revocations">
          <caption>Newest first</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Since</th>
              <th scope="col">Until</th>
            </tr>
          </thead>
          <tbody>
            {latest.map(({ kind, name, state, since, until }) => (
              <tr key={`${kind} ${name}`}>
                <td>
                  {kind} <code>{name}</code> {state}
                </td>
                <td>{format(since)}</td>
                <td>{until ? format(until) : kind === "key" ? "for good" : "the longest timeout"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

async function newest(): Promise<RevocationEntry[]> {
  const last: RevocationEntry[] = [];
  for await (const entry of sessions.revocations.list()) {
    last.push(entry);
    if (last.length > SHOWN) last.shift();
  }
  return last.reverse();
}
